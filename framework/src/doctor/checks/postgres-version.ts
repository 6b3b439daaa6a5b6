import { databaseCheck } from "../check.ts";
import { error, note, ok, warning } from "../finding.ts";
import { postgresReleases, supportOf } from "./releases.ts";

const OLDEST = 16;

export const postgresVersion = databaseCheck({
  id: "postgres-version",
  holds: "This PostgreSQL is supported",
  look({ server: { version, versionNumber }, now }) {
    const major = Math.trunc(versionNumber / 10_000);
    const support = supportOf(postgresReleases, major, now());
    const upgrade =
      "Upgrade to a newer major release: https://www.postgresql.org/docs/current/upgrading.html";
    if (major < OLDEST) {
      return [
        error("This PostgreSQL is too old for the walls", [`it is ${version}; they need ${OLDEST}`], upgrade),
      ];
    }
    // Offline nobody can tell, so it is said and not guessed.
    const minor =
      "whether this is the newest minor release cannot be seen from here: https://www.postgresql.org/support/versioning/";
    switch (support.state) {
      case "supported":
        return [ok(`PostgreSQL ${version} is supported`, [`bug fixes until ${support.until}`, minor])];
      case "ending":
        return [
          warning(
            `PostgreSQL ${major} soon gets no more fixes`,
            [`it is ${version}, until ${support.until}`],
            upgrade,
          ),
        ];
      case "ended":
        return [
          error(
            `PostgreSQL ${major} gets no more fixes`,
            [`it is ${version}, since ${support.until}`],
            upgrade,
          ),
        ];
      case "unknown":
        return [
          note(
            `The doctor does not know PostgreSQL ${major}`,
            [`it is ${version}`],
            "See https://www.postgresql.org/support/versioning/ for how long it is supported.",
          ),
        ];
    }
  },
});
