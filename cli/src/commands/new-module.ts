import { scaffoldCommand } from "../scaffold/scaffold-command.ts";

interface NewModuleOptions {
  readonly purpose?: string;
  readonly thing?: string;
  readonly plural?: string;
  readonly host?: string;
}

export const newModule = scaffoldCommand<NewModuleOptions>({
  name: "module",
  summary: "Write a new module around one thing, with its table, routes and tests.",
  details:
    "A command that creates the thing, a query that shows it, an event, a migration, tests on a real PostgreSQL;\n" +
    "known to npm, to the compiler and to the host. Asks for what is not given, on a terminal.",
  example: 'ashlar new module shipping --thing shipment --purpose "What is sent to whom."',
  configure: (command) =>
    command
      .argument("[name]", "such as shipping or gift-cards: contract, schema and folder are called that")
      .option("--purpose <sentence>", "what it is for, in one sentence")
      .option("--thing <name>", "what it is about, in the singular, such as shipment")
      .option("--plural <name>", "the plural of the thing, where it is not regular")
      .option("--host <name>", "the host that is to have it, where there are several"),
  async plan(project, ask, options, [word]) {
    const { planModule } = await import("../scaffold/plan-module.ts");
    return await planModule(project, ask, { ...options, name: word });
  },
});
