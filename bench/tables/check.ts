import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { Aim } from "../aims.ts";
import { ashlar, dependencyCruiser, isInstalled, peers, runTool, type Tool } from "../check/tools.ts";
import { type Tree, type TreeSize, writeTree } from "../check/tree.ts";
import { temporaryDirectory } from "../cluster.ts";
import type { Contender } from "../harness.ts";
import type { Session } from "../table.ts";

const FULL: TreeSize = { modules: 200, filesPerModule: 25 };
const QUICK: TreeSize = { modules: 40, filesPerModule: 25 };

const COLD = "cold: nothing kept from a run before";
const WARM = "warm: nothing has changed";
const EDITED = "after one edit";

/** What is promised for the full tree. */
export const aims: readonly Aim[] = [
  { row: COLD, system: "ashlar", unit: "s", atMost: 4 },
  { row: COLD, system: "ashlar", unit: "peak MB", atMost: 300 },
  { row: EDITED, system: "ashlar", unit: "s", atMost: 1.5 },
  { row: EDITED, system: "ashlar", unit: "peak MB", atMost: 300 },
];

export async function run(session: Session): Promise<void> {
  const tree = writeTree(await temporaryDirectory(session), session.quick ? QUICK : FULL);
  const tools = [ashlar, ...peers].filter((tool) => {
    if (isInstalled(tool)) return true;
    process.stderr.write(`${tool.system} is not there: npm ci --prefix bench installs it.\n`);
    return false;
  });
  for (const tool of tools) tool.configure?.(tree);
  const rounds = session.quick ? 1 : 3;
  const against = ashlar.system;
  const cold = tools.map(
    (tool): Contender => ({ system: tool.system, measure: () => runTool(tool, tree, false) }),
  );
  await session.measure({ row: COLD, against, contenders: cold, warmUp: false }, rounds);
  await session.measure({ row: WARM, against, contenders: [kept(ashlar, tree, () => {})] }, rounds);
  // Of the peers, the one that can keep something.
  const keeping = tools.filter((tool) => tool === ashlar || (tool === dependencyCruiser && !session.quick));
  const edited = keeping.map((tool) => kept(tool, tree, () => edit(tree)));
  await session.measure({ row: EDITED, against, contenders: edited }, rounds);
}

/** The unrecorded round fills what is kept. */
function kept(tool: Tool, tree: Tree, before: () => void): Contender {
  return {
    system: tool.system,
    measure: () => {
      before();
      return runTool(tool, tree, true);
    },
  };
}

function edit({ root, edited }: Tree): void {
  appendFileSync(join(root, edited), "// One more line.\n");
}
