import type { Command } from "commander";
import { UsageError } from "../exit-code.ts";

export function addQueues(command: Command): void {
  command.argument("<queues...>", "queues, such as billing.payments");
}

const EXAMPLES = {
  queue: "billing.payments",
  schedule: "billing.reconcileNightly",
  subscriber: "ordering.markOrderPaid",
} as const;

/** A module and the name of something in it, written with a dot between them. */
export function readQualified(
  text: string,
  what: keyof typeof EXAMPLES,
): { readonly module: string; readonly name: string } {
  const dot = text.indexOf(".");
  if (dot > 0 && dot < text.length - 1) return { module: text.slice(0, dot), name: text.slice(dot + 1) };
  throw new UsageError(`${JSON.stringify(text)} names no ${what}. One looks like ${EXAMPLES[what]}.`);
}
