import { setTimeout as delay } from "node:timers/promises";
import type { Child } from "../child.ts";
import type { LoadTask } from "../clients/http-load.ts";
import type { Cluster } from "../cluster.ts";
import type { Reading } from "../harness.ts";
import type { Operator } from "./operator.ts";

/** What three tabs ask for beside their streams: a list each, again every five seconds. */
const TABS = [
  { topics: "now", polled: "/audit" },
  { topics: "map", polled: "/modules/ordering?range=1h" },
  { topics: "database,queues,events", polled: "/jobs?state=dead" },
];
const POLL_MS = 5_000;

/** Percent of the database's time that the console's login takes while three tabs are open and the shop is at work. */
export async function consoleShare(
  parts: {
    readonly cluster: Cluster;
    readonly operator: Operator;
    readonly load: Child;
    readonly task: LoadTask;
  },
  ms: number,
): Promise<Reading> {
  const { cluster, operator, load, task } = parts;
  const tabs = await Promise.all(TABS.map(({ topics }) => operator.listen(topics)));
  // What has been asked so far is not what open tabs cost.
  await cluster.admin("select ashlar_statistics.pg_stat_statements_reset()");
  const working = load.ask<{ passes: number }>("run", { ...task, ms });
  for (let passed = 0; passed < ms; passed += POLL_MS) {
    for (const { polled } of TABS) await operator.ask(polled);
    await delay(Math.min(POLL_MS, ms - passed));
  }
  await working;
  const byRole = await timeByRole(cluster);
  for (const tab of tabs) tab.close();
  const total = [...byRole.values()].reduce((sum, time) => sum + time, 0);
  const own = byRole.get("console") ?? 0;
  const heard = tabs.reduce((sum, { messages }) => sum + messages(), 0);
  if (heard === 0) throw new Error("The open tabs were told nothing.");
  return {
    "% of DB time": (100 * own) / total,
    "DB ms/s of the console": own / (ms / 1000),
    "DB ms/s of all": total / (ms / 1000),
    "messages/s to three tabs": heard / (ms / 1000),
  };
}

/** The bench's own statements are nobody's load. */
async function timeByRole(cluster: Cluster): Promise<Map<string, number>> {
  const rows = await cluster.admin(`
    select case when r.rolname like '%\\_console' then 'console' else r.rolname end as role,
      sum(s.total_exec_time + s.total_plan_time) as ms
    from ashlar_statistics.pg_stat_statements(false) s join pg_roles r on r.oid = s.userid
    where not r.rolsuper and s.toplevel group by 1`);
  return new Map(rows.map(({ role, ms }) => [role as string, ms as number]));
}

/** The console's statements that took most time since then, for whoever has to find out why. */
export async function dearest(cluster: Cluster): Promise<string[]> {
  const rows = await cluster.admin(`
    select round(s.total_exec_time + s.total_plan_time) as ms, s.calls, left(regexp_replace(s.query, '\\s+', ' ', 'g'), 150) as query
    from ashlar_statistics.pg_stat_statements s join pg_roles r on r.oid = s.userid
    where r.rolname like '%\\_console' order by 1 desc limit 12`);
  return rows.map(({ ms, calls, query }) => `${ms} ms in ${calls} calls: ${query}`);
}
