import type { CheckOptions } from "../check/run-check.ts";
import { projectCommand } from "../project-command.ts";

export const check = projectCommand<CheckOptions>({
  name: "check",
  summary: "Find what crosses a wall between modules: imports, declarations, cycles, SQL, migrations.",
  details: `Reads the sources of all modules and runs none of them. Every violation is told with its place
and what to do instead. A note names a place where the check cannot see; it fails nothing.

To adopt the check where walls are crossed already, begin a ratchet: --adopt writes
ashlar-ratchet.json once, and what it holds counts no longer. It can only shrink: entries that
nothing matches any more, that have expired, or that the ratchet of --base does not have are
violations themselves.

Ends with 0 when no wall is crossed, also when there are notes; with 1 when there are violations;
with 2 when the ratchet cannot be used or the options mean nothing.`,
  example: "ashlar check --base origin/main",
  configure: (command) =>
    command
      .option("--adopt", "write what there is into ashlar-ratchet.json, once; with the next three")
      .option("--owner <name>", "who will put it right")
      .option("--issue <url>", "where that is tracked")
      .option("--expires <day>", "the last day on which it counts, like 2027-03-31")
      .option("--tighten", "remove from the ratchet what is no longer needed")
      .option("--base <revision>", "what the ratchet must not have grown against; else HEAD, in git")
      .option("--no-cache", "begin from nothing, not from what the last check has kept"),
  run: async (desk, options) => (await import("../check/run-check.ts")).runCheck(desk, options),
});
