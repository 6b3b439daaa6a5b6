import type { Sign } from "../firing.ts";
import type { DatabaseCheck } from "../firing-check.ts";
import { checkSight, holdersOf, ofModules, shortForm } from "../session-holder.ts";

const IDLE_MS = 5_000;
const OPEN_MS = 30_000;
const SEVERE_MS = 300_000;

interface Held {
  readonly pid: number;
  readonly user: string;
  readonly application: string;
  readonly query: string;
  readonly isIdle: boolean;
  readonly openMs: number;
  readonly idleMs: number;
}

export interface TransactionLimits {
  /** How long a session may be idle in a transaction. Default 5,000. */
  readonly idleMs?: number;
  /** How long a transaction may be open. Default 30,000. */
  readonly openMs?: number;
}

export function transactionHeld(limits: TransactionLimits = {}): DatabaseCheck {
  const { idleMs = IDLE_MS, openMs = OPEN_MS } = limits;
  return {
    id: "transaction-held",
    holds: "No transaction is open for long, or idle",
    of: "database",
    async look(session, { app, modules }) {
      await checkSight(session, app);
      const held = await session.rows<Held>(
        `select pid, coalesce(usename, '?') as user, coalesce(nullif(application_name, ''), 'no name') as application,
           query, state like 'idle in transaction%' as "isIdle",
           extract(epoch from clock_timestamp() - xact_start)::float8 * 1000 as "openMs",
           extract(epoch from clock_timestamp() - state_change)::float8 * 1000 as "idleMs"
         from pg_stat_activity
         where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
           and (clock_timestamp() - xact_start >= make_interval(secs => $2)
             or (state like 'idle in transaction%' and clock_timestamp() - state_change >= make_interval(secs => $1)))
         order by xact_start limit 50`,
        [idleMs / 1000, openMs / 1000],
      );
      const holders = await holdersOf(session, modules, held);
      return held.map((each): Sign => {
        const holder = holders.get(each.pid)!;
        const whose = holder.module === null ? `A session of ${each.user}` : `Module ${holder.module}`;
        return {
          subject: `process ${each.pid}`,
          severity: each.openMs >= SEVERE_MS ? "error" : "warning",
          title: each.isIdle
            ? `${whose} keeps a transaction open and does nothing`
            : `${whose} keeps a transaction open for long`,
          evidence: [
            `process ${each.pid}: ${each.user} (${each.application}), in a transaction for ${seconds(each.openMs)}` +
              `${each.isIdle ? `, idle for ${seconds(each.idleMs)}` : ""}`,
            ofModules(holder),
            `${each.isIdle ? "last" : "now"}: ${shortForm(each.query)}`,
          ],
          module: holder.module,
          actions: [
            {
              does: "End the session; its transaction is rolled back and its caller gets an error",
              sql: `select pg_terminate_backend(${each.pid});`,
            },
          ],
        };
      });
    },
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
