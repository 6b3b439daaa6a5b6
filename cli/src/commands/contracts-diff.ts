import type { DiffOptions } from "../contracts/run-contracts.ts";
import { projectCommand } from "../project-command.ts";

export const contractsDiff = projectCommand<DiffOptions>({
  name: "diff",
  summary: "Show what changed in what the modules promise.",
  details: `Compares with contracts/ as it is written, or with what --against names. Judges nothing: it ends with 0
also when something is broken, and with 3 when there are no baselines to compare with.`,
  example: "ashlar contracts diff --against origin/main",
  configure: (command) =>
    command
      .option("--against <revision>", "a revision, where this branch left it, or a directory of baselines")
      .option("--all", "compatible changes too"),
  run: async (desk, options) => (await import("../contracts/run-contracts.ts")).runDiff(desk, options),
});
