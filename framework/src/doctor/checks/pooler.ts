import { databaseCheck } from "../check.ts";
import { note } from "../finding.ts";

export const pooler = databaseCheck({
  id: "pooler",
  holds: "Nothing stands between the doctor and the server",
  look({ server: { process } }) {
    // A pooler hands out keys for cancelling of its own, since it may give a session another server process.
    if (process.announced === null || process.announced === process.actual) return [];
    return [
      note(
        "A pooler stands between the doctor and the server",
        [`the session was told process ${process.announced} and is served by ${process.actual}`],
        "Of PgBouncer: transaction mode, version 1.21 or later with max_prepared_statements above 0, every name of ashlar's " +
          "start-up options allowed, and workers that only poll (pollOnly). Migrations and this doctor should go to the server itself.",
      ),
    ];
  },
});
