import { userInfo } from "node:os";
import type { Command } from "commander";

/** Who does something that others will ask about. */
export function addBy(command: Command): void {
  command.option("--by <name>", "who does it, for others to see", accountName());
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}
