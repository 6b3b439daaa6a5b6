import type { Project } from "../project/project.ts";
import { moduleNamed } from "./layout.ts";
import { checkSqlName, readTitle, snakeCase } from "./names.ts";
import { newMigration } from "./new-migration.ts";
import type { Questions } from "./questions.ts";
import type { Plan } from "./scaffold-command.ts";

interface Given {
  readonly module: string | undefined;
  readonly title: string | undefined;
  readonly table?: string;
}

/** Asks for what is needed to make a migration, and drafts it. */
export async function planMigration(project: Project, ask: Questions, given: Given): Promise<Plan> {
  const typed = await askModule(project, ask, given.module);
  const module = snakeCase(typed);
  const { directory } = moduleNamed(project, module);
  const title = readTitle(
    await ask.text(given.title, {
      flag: 'a title, such as "add gift note"',
      message: "What does it do, in a few words?",
      check: readTitle,
    }),
  );
  const { table } = given;
  if (table !== undefined) await checkSqlName("table", table);
  const created = /^create_(.+)$/.exec(title)?.[1];
  if (created !== undefined) await checkSqlName("table", created);
  const changes = newMigration(project, { module, title, ...(table === undefined ? {} : { table }) });
  const file = changes.find(({ before }) => before === null)!.file;
  return {
    changes,
    next: [
      `Write it in ${file}; once it is applied somewhere it never changes.`,
      `Say what its rows hold in ${directory}/src/tables.ts.`,
      `npm run check && npm test -- ${directory}`,
    ],
  };
}

async function askModule(project: Project, ask: Questions, given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  const choices = project.modules.map(({ module }) => ({ value: module }));
  return await ask.choice(undefined, { flag: "a module:", message: "Of which module?", choices });
}
