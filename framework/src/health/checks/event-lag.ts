import type { Sign } from "../firing.ts";
import type { DatabaseCheck } from "../firing-check.ts";

const RELAY_MS = 10_000;
const RELAY_SEVERE_MS = 60_000;
const SUBSCRIBER_MS = 60_000;
const SUBSCRIBER_SEVERE_MS = 600_000;
const MOST = 1_000;

export function relayLag(): DatabaseCheck {
  return {
    id: "relay-lag",
    holds: "Events are handed over as soon as they are published",
    of: "database",
    async look(session, { modules }) {
      const signs: Sign[] = [];
      for (const module of modules) {
        const [lag] = await session.rowsOfModule<{ ms: number | null; depth: number }>(
          module,
          `select (select ${ageMs("published_at")} from "${module}"._outbox order by id limit 1) as ms,
             (select count(*)::integer from (select from "${module}"._outbox order by id limit ${MOST}) o) as depth`,
        );
        const { ms, depth } = lag!;
        if (ms === null || ms < RELAY_MS) continue;
        signs.push({
          subject: module,
          severity: ms >= RELAY_SEVERE_MS ? "error" : "warning",
          title: `Events of ${module} are not handed over`,
          evidence: [
            `the oldest was published ${seconds(ms)} ago and lies in ${module}._outbox`,
            `${atMost(depth)} lie there`,
          ],
          module,
          actions: [
            {
              does: "See whether any worker is alive: workers hand events over",
              command: "ashlar events lag",
            },
          ],
        });
      }
      return signs;
    },
  };
}

export function subscriberLag(): DatabaseCheck {
  return {
    id: "subscriber-lag",
    holds: "Every subscriber takes events in as they come",
    of: "database",
    async look(session, { modules }) {
      const signs: Sign[] = [];
      for (const module of modules) {
        const found = await session.rowsOfModule<Lag>(module, lagText(module), [SUBSCRIBER_MS / 1000]);
        for (const { name, publisher, event, queue, ms, pending, retrying, code } of found) {
          signs.push({
            subject: `${module}.${name}`,
            severity: ms >= SUBSCRIBER_SEVERE_MS ? "error" : "warning",
            title: `Subscriber ${name} of ${module} is behind`,
            evidence: [
              `the oldest ${event} that it has not taken in was handed over ${seconds(ms)} ago`,
              `${atMost(pending)} wait in queue ${queue}, ${retrying} of them failed and will be tried again`,
              ...(code === null ? [] : [`the oldest failed with ${code}`]),
              `published by ${publisher}`,
            ],
            module,
            actions: [
              {
                does: "See what the deliveries wait for or fail with",
                command: `ashlar jobs list --module ${module} --kind on.${name}`,
              },
            ],
          });
        }
      }
      return signs;
    },
  };
}

interface Lag {
  readonly name: string;
  readonly publisher: string;
  readonly event: string;
  readonly queue: string;
  readonly ms: number;
  readonly pending: number;
  readonly retrying: number;
  readonly code: string | null;
}

/**
 * By `_jobs_deliveries`, whose predicate has to be repeated to be recognised; those behind only are counted. Rows are
 * compared by kind and id: in the order of the id alone the planner would take the primary key, and read through all
 * jobs in search of the few of a kind.
 */
function lagText(module: string): string {
  const jobs = (columns: string, limit: number) => `(
        select kind, ${columns} from "${module}"._jobs
        where (kind, id) > ('on.' || s.name, ${Number.MIN_SAFE_INTEGER}) and kind like 'on.%' order by kind, id limit ${limit}
      ) j where kind = 'on.' || s.name`;
  return `select s.name, s.publisher, s.event, s.queue, oldest.ms, counted.pending, counted.retrying, oldest.code
    from "${module}"._subscriptions s
    cross join lateral (
      select ${ageMs("enqueued_at")} as ms, errors -> -1 ->> 'code' as code
      from ${jobs("enqueued_at, errors", 1)}
    ) oldest
    cross join lateral (
      select count(*)::integer as pending,
        (count(*) filter (where attempt > 0 and worker is null))::integer as retrying
      from ${jobs("attempt, worker", MOST)}
    ) counted
    where oldest.ms >= $1 * 1000
    order by oldest.ms desc limit 20`;
}

function ageMs(column: string): string {
  return `(greatest(0, extract(epoch from clock_timestamp() - ${column})) * 1000)::float8`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

function atMost(count: number): string {
  return count >= MOST ? `${MOST} or more` : String(count);
}
