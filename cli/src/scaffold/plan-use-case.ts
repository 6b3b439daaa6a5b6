import { UsageError } from "../exit-code.ts";
import type { Project } from "../project/project.ts";
import { moduleNamed } from "./layout.ts";
import { kebabCase, readMember } from "./names.ts";
import { type NewUseCase, newUseCase } from "./new-use-case.ts";
import type { Questions } from "./questions.ts";
import { readRoute } from "./route-address.ts";
import type { Plan } from "./scaffold-command.ts";

interface Given {
  readonly name: string | undefined;
  readonly kind?: string;
  readonly transaction?: string;
  readonly route?: string;
  readonly summary?: string;
}

const EXAMPLE = "ordering.reorder";

/** Asks for what is needed to make an operation, and drafts it. */
export async function planUseCase(project: Project, ask: Questions, given: Given): Promise<Plan> {
  const typed = await ask.text(given.name, {
    flag: `a name, such as ${EXAMPLE}`,
    message: "Which operation of which module?",
    check: (answer) => readMember(answer, "use case", EXAMPLE),
  });
  const { module, name } = readMember(typed, "use case", EXAMPLE);
  const { directory } = moduleNamed(project, module);
  const kind = (await ask.choice(given.kind, {
    flag: "--kind",
    message: "Does it change anything?",
    choices: [
      { value: "command", hint: "it may" },
      { value: "query", hint: "it only reads" },
    ],
  })) as NewUseCase["kind"];
  const { transaction = "own", route, summary } = given;
  if (transaction !== "own" && transaction !== "joins") {
    throw new UsageError(`--transaction ${JSON.stringify(transaction)}: it can be own or joins.`);
  }
  if (kind === "query" && transaction === "joins") {
    throw new UsageError(
      "A query has no transaction to join. Leave --transaction out, or make it a command.",
    );
  }
  const changes = newUseCase(project, {
    module,
    name,
    kind,
    transaction,
    ...(route === undefined ? {} : { route: readRoute(route, kind) }),
    ...(summary === undefined ? {} : { summary }),
  });
  return {
    changes,
    next: [
      `Say in ${directory}/contract/index.ts what it takes and gives, and how it may be refused.`,
      `Write it in ${directory}/src/${kebabCase(name)}.ts, and what it promises in ${directory}/test/${kebabCase(name)}.test.ts.`,
      `npm run check && npm test -- ${directory}`,
    ],
  };
}
