import { scaffoldCommand } from "../scaffold/scaffold-command.ts";

interface NewEventOptions {
  readonly when?: string;
  readonly subscriber?: string;
}

export const newEvent = scaffoldCommand<NewEventOptions>({
  name: "event",
  summary: "Write an event of a module, and a subscriber to it.",
  details:
    "Member of the contract and a row in the README; with --subscriber also the handler, its wiring, the dependency\n" +
    "on the publisher's contract and a test. For an event that is there already it writes the subscriber.",
  example: "ashlar new event ordering.orderShipped --subscriber billing.onOrderShipped",
  configure: (command) =>
    command
      .argument("[name]", "module and event, such as ordering.orderShipped")
      .option("--when <sentence>", "when it is published, in one sentence")
      .option("--subscriber <name>", "module and subscriber, such as billing.onOrderShipped"),
  async plan(project, ask, options, [word]) {
    const { planEvent } = await import("../scaffold/plan-event.ts");
    return await planEvent(project, ask, { ...options, name: word });
  },
});
