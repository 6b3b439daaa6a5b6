import { posix } from "node:path";
import type { Project } from "../project/project.ts";
import { hostsOf } from "./hosts.ts";
import { layoutOf } from "./layout.ts";
import { kebabCase, readModuleName, readThing, singularOf } from "./names.ts";
import { newModule } from "./new-module.ts";
import type { Questions } from "./questions.ts";
import type { Plan } from "./scaffold-command.ts";

interface Given {
  readonly name: string | undefined;
  readonly purpose?: string;
  readonly thing?: string;
  readonly plural?: string;
  readonly host?: string;
}

/** Asks for what is needed to make a module, and drafts it. */
export async function planModule(project: Project, ask: Questions, given: Given): Promise<Plan> {
  const typed = await ask.text(given.name, {
    flag: "a name, such as shipping",
    message: "What is the module called?",
  });
  const name = await readModuleName(typed);
  const purpose = await ask.text(given.purpose, {
    flag: "--purpose",
    message: "What is it for, in one sentence?",
  });
  const thing = await readThing(
    await ask.text(given.thing, {
      flag: "--thing, such as --thing shipment",
      message: "What is it about, in the singular?",
      suggestion: singularOf(name),
    }),
    "--thing",
  );
  const plural = given.plural === undefined ? undefined : await readThing(given.plural, "--plural");
  const hosts = hostsOf(project).map((each) => ({ value: each.package.name, hint: each.file }));
  const host =
    given.host ??
    (hosts.length > 1
      ? await ask.choice(undefined, { flag: "--host", message: "Into which host?", choices: hosts })
      : undefined);
  const changes = newModule(project, {
    name,
    purpose,
    thing,
    ...(plural === undefined ? {} : { plural }),
    ...(host === undefined ? {} : { host }),
  });
  const { folder, scope } = layoutOf(project);
  const directory = posix.join(folder, kebabCase(name));
  return {
    changes,
    packages: [{ name: `${scope}/${kebabCase(name)}`, directory }],
    next: [
      "npm run check",
      `npm test -- ${directory}`,
      `Say in ${directory}/contract/index.ts what callers get, and in README.md what the module is for.`,
    ],
  };
}
