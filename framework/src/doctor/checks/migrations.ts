import { readMigrationState } from "../../postgres/index.ts";
import { appCheck } from "../check.ts";
import { error, note, ok, type Symptom, warning } from "../finding.ts";
import { installedModel } from "./installed-model.ts";

export const migrations = appCheck({
  id: "migrations",
  holds: "The database has the migrations of the code, and no others",
  async look(app) {
    const states = await readMigrationState(app.client, installedModel(app), app.codeUnknown === null);
    const symptoms: Symptom[] = [];
    const faults = states.flatMap((state) => state.faults);
    if (faults.length > 0) {
      symptoms.push(
        error(
          "Migrations do not continue what the database has",
          faults,
          "The app refuses to start like this. Restore the files as they were applied, and put changes into new ones.",
        ),
      );
    }
    const pending = states.flatMap((state) => state.pending);
    if (pending.length > 0) {
      symptoms.push(
        warning(
          `${pending.length} ${pending.length === 1 ? "migration is" : "migrations are"} not applied yet`,
          pending.map(({ label }) => label),
          "The next start of the app applies them. Until then what runs here is older than this code.",
        ),
      );
    }
    const ahead = states.flatMap(({ module, ahead: newer }) =>
      newer.map(({ source, version, name }) =>
        source === "framework"
          ? `${module} (framework: ${name})`
          : `${module}/${String(version).padStart(4, "0")}_${name}.sql`,
      ),
    );
    if (ahead.length > 0) {
      symptoms.push(
        note(
          "A newer release has migrated this database",
          ahead,
          "Nothing, in a rolling deploy or after a roll back. Otherwise this code is not the newest: pull.",
        ),
      );
    }
    if (symptoms.length > 0) return symptoms;
    return app.codeUnknown === null
      ? []
      : [
          ok("The database has the framework's migrations", [
            "without the code those of the modules were not compared",
          ]),
        ];
  },
});
