import { scaffoldCommand } from "../scaffold/scaffold-command.ts";

interface NewUseCaseOptions {
  readonly kind?: string;
  readonly transaction?: string;
  readonly route?: string;
  readonly summary?: string;
}

export const newUseCase = scaffoldCommand<NewUseCaseOptions>({
  name: "use-case",
  summary: "Write an operation of a module, from its contract to its test.",
  details: "Member of the contract, use case, wiring, route if it has one, a row in the README and a test.",
  example: 'ashlar new use-case ordering.reorder --kind command --route "POST /v1/orders/{id}/reorder"',
  configure: (command) =>
    command
      .argument("[name]", "module and operation, such as ordering.reorder")
      .option("--kind <kind>", "command, which may change something, or query, which only reads")
      .option("--transaction <mode>", "of a command: own, or joins for one in that of its caller", "own")
      .option("--route <route>", 'method and path, such as "POST /v1/orders/{id}/reorder"; else it has none')
      .option("--summary <sentence>", "what it does, in one sentence"),
  async plan(project, ask, options, [word]) {
    const { planUseCase } = await import("../scaffold/plan-use-case.ts");
    return await planUseCase(project, ask, { ...options, name: word });
  },
});
