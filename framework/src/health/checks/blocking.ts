import { blockingTrees } from "../blocking-tree.ts";
import type { Sign } from "../firing.ts";
import type { DatabaseCheck } from "../firing-check.ts";
import { checkSight, holdersOf, ofModules, shortForm } from "../session-holder.ts";

const WAIT_MS = 1_000;
const SEVERE_WAITERS = 10;
const SEVERE_MS = 30_000;

export function blocking(): DatabaseCheck {
  return {
    id: "blocking",
    holds: "Nobody waits for a lock for long",
    of: "database",
    async look(session, { app, modules }) {
      await checkSight(session, app);
      const trees = await blockingTrees(session, WAIT_MS);
      const involved = trees.flatMap(({ root, branches }) => [
        ...(root === undefined ? [] : [root]),
        ...branches.map(({ waiter }) => waiter),
      ]);
      const holders = await holdersOf(session, modules, involved);
      return trees.map(({ pid, root, branches: tree, longestMs: longest }): Sign => {
        const holder = holders.get(pid) ?? { modules: [], module: null };
        const whose =
          holder.module === null ? `A session of ${root?.user ?? "nobody"}` : `Module ${holder.module}`;
        const depth = Math.max(...tree.map((each) => each.depth));
        return {
          subject: `process ${pid}`,
          severity: tree.length >= SEVERE_WAITERS || longest >= SEVERE_MS ? "error" : "warning",
          title: `${whose} holds a lock that ${tree.length} ${tree.length === 1 ? "other waits" : "others wait"} for`,
          evidence: [
            root === undefined
              ? `process ${pid} at the root: gone, or a prepared transaction`
              : `process ${pid} at the root: ${root.user} (${root.application}), ${root.state}, in a transaction for ` +
                `${(root.openMs / 1000).toFixed(1)} s, ${ofModules(holder)}`,
            ...(root === undefined ? [] : [`its last statement: ${shortForm(root.query)}`]),
            `the longest waits for ${(longest / 1000).toFixed(1)} s; ${depth} ${depth === 1 ? "level" : "levels"} deep`,
            ...tree.slice(0, 5).map(({ waiter, depth }) => {
              const module = holders.get(waiter.pid)?.module ?? waiter.user;
              return `${"  ".repeat(depth - 1)}process ${waiter.pid} of ${module} waits for ${(waiter.waitMs / 1000).toFixed(1)} s: ${shortForm(waiter.query)}`;
            }),
          ],
          module: holder.module,
          actions: [
            {
              does: `End the session at the root and let ${tree.length} go on; its transaction is rolled back`,
              sql: `select pg_terminate_backend(${pid});`,
            },
          ],
        };
      });
    },
  };
}
