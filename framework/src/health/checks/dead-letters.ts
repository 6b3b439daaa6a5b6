import type { DatabaseCheck } from "../firing-check.ts";

const WINDOW_MINUTES = 5;
const SEVERE = 10;
/** Counting stops here. */
const MOST = 1_000;

export function deadLetters(): DatabaseCheck {
  return {
    id: "dead-letters",
    holds: "No job has died of late",
    of: "database",
    // A dead job does not come back to life by itself: one look is enough.
    patience: { bad: 1, of: 2 },
    async look(session, { modules }) {
      const signs = [];
      for (const module of modules) {
        const found = await session.rowsOfModule<{
          kind: string;
          dead: number;
          code: string | null;
          more: boolean;
        }>(
          module,
          `select kind, count(*)::integer as dead, mode() within group (order by code) as code,
             sum(count(*)) over () >= ${MOST} as more
           from (
             select kind, errors -> -1 ->> 'code' as code from "${module}"._dead_jobs
             where died_at > now() - interval '${WINDOW_MINUTES} minutes' order by died_at desc limit ${MOST}
           ) recent
           group by kind order by 2 desc limit 20`,
        );
        for (const { kind, dead, code, more } of found) {
          const isDelivery = kind.startsWith("on.");
          signs.push({
            subject: `${module}.${kind}`,
            severity: dead >= SEVERE ? ("error" as const) : ("warning" as const),
            title: isDelivery
              ? `Subscriber ${kind.slice(3)} of ${module} gives up on events`
              : `Jobs ${kind} of ${module} fail for good`,
            evidence: [
              `${more ? `${dead} or more` : dead} ${dead === 1 ? "has" : "have"} died within ${WINDOW_MINUTES} minutes`,
              ...(code === null ? [] : [`most often with ${code}`]),
              "they stay until somebody retries or discards them",
            ],
            module,
            actions: [
              {
                does: "See what they failed with",
                command: `ashlar jobs list --state dead --module ${module} --kind ${kind}`,
              },
              {
                does: "Once the cause is gone, let them begin anew",
                command: `ashlar jobs retry --state dead --module ${module} --kind ${kind}`,
              },
            ],
          });
        }
      }
      return signs;
    },
  };
}
