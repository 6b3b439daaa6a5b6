// The part of `npm run check` that the compiler cannot do: imports that it does not see, declarations that must
// agree, and the module graph. Reports all violations at once.
// Usage: node scripts/boundaries.ts [root of the workspace]

import { resolve } from "node:path";
import { declarationViolations } from "./boundaries/declaration-rules.ts";
import { importViolations } from "./boundaries/import-rules.ts";
import { readWorkspace } from "./boundaries/workspace.ts";

const workspace = readWorkspace(resolve(process.argv[2] ?? "."));
const violations = [...importViolations(workspace), ...declarationViolations(workspace)];

if (violations.length === 0) {
  const { modules, imports } = workspace;
  console.log(`boundaries: ${modules.length} modules, ${imports.length} imports, no wall crossed`);
} else {
  for (const { at, rule, message } of violations) console.error(`${at}: ${message} [${rule}]`);
  console.error(`boundaries: ${violations.length === 1 ? "1 violation" : `${violations.length} violations`}`);
  process.exitCode = 1;
}
