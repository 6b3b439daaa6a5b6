import { databaseCheck } from "../check.ts";
import { note, type Symptom, warning } from "../finding.ts";

const IDLE_MS = 5_000;
const OPEN_MS = 60_000;

export const longTransactions = databaseCheck({
  id: "long-transactions",
  holds: "No transaction is open for long",
  async look({ rows, deployment, server }) {
    const idleMs = deployment.idleInTransactionMs ?? IDLE_MS;
    const openMs = deployment.transactionMs ?? OPEN_MS;
    // The text of a statement can hold anybody's data; it is not shown.
    const found = await rows<OpenTransaction>(
      `select pid, coalesce(usename, '?') as user, coalesce(nullif(application_name, ''), 'no name') as application,
         state, extract(epoch from clock_timestamp() - xact_start)::integer as seconds,
         extract(epoch from clock_timestamp() - state_change)::integer as idle,
         state like 'idle in transaction%' and clock_timestamp() - state_change >= make_interval(secs => $1) as "isIdle",
         coalesce(wait_event_type || ': ' || wait_event, 'running') as doing, pg_blocking_pids(pid)::text as blockers,
         (select count(*)::integer from pg_stat_activity b where a.pid = any (pg_blocking_pids(b.pid))) as blocks
       from pg_stat_activity a
       where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
         and (clock_timestamp() - xact_start >= make_interval(secs => $2)
           or (state like 'idle in transaction%' and clock_timestamp() - state_change >= make_interval(secs => $1)))
       order by xact_start`,
      [idleMs / 1000, openMs / 1000],
    );
    const symptoms: Symptom[] = [];
    const idle = found.filter(({ isIdle }) => isIdle);
    const busy = found.filter(({ isIdle }) => !isIdle);
    if (idle.length > 0) {
      symptoms.push(
        warning(
          "Sessions sit idle in a transaction",
          idle.map((each) => `${inWords(each)}, idle for ${each.idle} s`),
          "They hold locks and keep vacuum from clearing dead rows. A forgotten shell: end it. A program: it waits for " +
            `something else inside of a transaction.\n${terminate(idle)}`,
        ),
      );
    }
    if (busy.length > 0) {
      symptoms.push(
        warning(
          "Transactions are open for long",
          busy.map((each) => `${inWords(each)}, ${each.doing}`),
          `Look whether it is meant to take so long (a dump, a large migration). If not:\n${terminate(busy)}`,
        ),
      );
    }
    const [hidden] = await rows<{ sessions: number }>(
      `select count(*)::integer as sessions from pg_stat_activity
       where datname = current_database() and query = '<insufficient privilege>'`,
    );
    if (hidden!.sessions > 0) {
      symptoms.push(
        note(
          "Not all sessions can be looked into",
          [
            `${hidden!.sessions} of other users; whether their transactions are open for long is not shown to ${server.user}`,
          ],
          `Where the provider lets you: grant pg_read_all_stats to "${server.user}";`,
        ),
      );
    }
    const prepared = await rows<{ gid: string; owner: string; seconds: number }>(
      `select gid, owner, extract(epoch from clock_timestamp() - prepared)::integer as seconds
       from pg_prepared_xacts
       where database = current_database() and clock_timestamp() - prepared >= make_interval(secs => $1)`,
      [openMs / 1000],
    );
    if (prepared.length > 0) {
      symptoms.push(
        warning(
          "Prepared transactions were never ended",
          prepared.map(({ gid, owner, seconds }) => `${gid} of ${owner}, for ${seconds} s`),
          prepared.map(({ gid }) => `rollback prepared '${gid.replaceAll("'", "''")}';`).join("\n"),
        ),
      );
    }
    return symptoms;
  },
});

interface OpenTransaction {
  readonly pid: number;
  readonly user: string;
  readonly application: string;
  readonly seconds: number;
  readonly idle: number;
  readonly isIdle: boolean;
  readonly doing: string;
  readonly blocks: number;
}

function inWords({ pid, user, application, seconds, blocks }: OpenTransaction): string {
  return (
    `process ${pid}: ${user} (${application}), in a transaction for ${seconds} s` +
    `${blocks === 0 ? "" : `, ${blocks} wait for it`}`
  );
}

function terminate(list: readonly OpenTransaction[]): string {
  return list.map(({ pid }) => `select pg_terminate_backend(${pid});`).join("\n");
}
