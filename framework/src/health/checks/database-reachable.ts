import type { Sign } from "../firing.ts";
import { reasonOf } from "../look-deadline.ts";

/** The one check that is made by opening the session that the others look through. */
export const databaseReachable = {
  id: "database-unreachable",
  holds: "The database answers",
  of: "process",
  // There is nothing to doubt about a refused connection.
  patience: { bad: 1, of: 2 },
} as const;

export function unreachableSign(failure: unknown): Sign {
  return {
    subject: "",
    severity: "error",
    title: "The database does not answer",
    evidence: [reasonOf(failure), "All that is said of the database is as old as the last answer"],
    module: null,
    actions: [
      {
        does: "Ask the server from this machine whether it takes connections",
        command: "ashlar doctor --only database",
      },
    ],
  };
}
