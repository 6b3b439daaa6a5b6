import { projectCommand } from "../project-command.ts";

export const contractsSnapshot = projectCommand({
  name: "snapshot",
  summary: "Write down what the modules promise, into contracts/.",
  details: `Writes contracts/<module>.json for each module, contracts/openapi.json for all routes, and
contracts/reads.json for what consumers were seen to read in the last test run. Commit them.
It says what changed since the last snapshot. It hides nothing: \`ashlar contracts check\` compares
with what was committed before.`,
  example: "ashlar contracts snapshot",
  run: async (desk) => (await import("../contracts/run-contracts.ts")).runSnapshot(desk),
});
