import type { CheckOptions } from "../contracts/run-contracts.ts";
import { projectCommand } from "../project-command.ts";

export const contractsCheck = projectCommand<CheckOptions>({
  name: "check",
  summary: "Fail when a change breaks what the modules promised.",
  details: `Compares the modules as they are with the baselines that were committed where this branch left the main
line (origin/HEAD, origin/main, origin/master, main or master; else the last commit), so that a
snapshot in the same change hides nothing. Fails when contracts/ is not what the modules promise now.

What contracts/overrides.json allows counts as a note, until it expires:
  {"overrides": [{"id": "<change>: <place>", "reason": "…", "expires": "2027-03-31"}]}

Ends with 0 when nothing is broken, also when there are warnings; with 1 when there are errors.`,
  example: "ashlar contracts check --against origin/main",
  configure: (command) =>
    command.option(
      "--against <revision>",
      "a revision, where this branch left it, or a directory of baselines",
    ),
  run: async (desk, options) => (await import("../contracts/run-contracts.ts")).runCheck(desk, options),
});
