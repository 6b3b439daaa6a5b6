import { scaffoldCommand } from "../scaffold/scaffold-command.ts";

export const newMigration = scaffoldCommand<{ readonly table?: string }>({
  name: "migration",
  summary: "Write the next migration of a module.",
  details:
    'With --table it adds a column to that table; a title such as "create parcels" makes a table; else it is a\n' +
    "comment that says what a rolling deploy bears.",
  example: 'ashlar new migration ordering "add gift note" --table orders',
  configure: (command) =>
    command
      .argument("[module]", "the module")
      .argument("[title]", "what it does, in a few words")
      .option("--table <name>", "the table that gets a column"),
  async plan(project, ask, options, [module, title]) {
    const { planMigration } = await import("../scaffold/plan-migration.ts");
    return await planMigration(project, ask, { ...options, module, title });
  },
});
