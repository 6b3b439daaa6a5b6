import { UsageError } from "../exit-code.ts";
import type { Project } from "../project/project.ts";
import type { Change } from "./change.ts";
import { Draft } from "./draft.ts";
import { addMember } from "./edits/contract.ts";
import { exportTools } from "./edits/definition.ts";
import { addRoutes, addToModule } from "./edits/module-file.ts";
import { addRow, hasColumn } from "./edits/readme.ts";
import { addRoute, routesSource, scopeIn } from "./edits/routes.ts";
import { hostsOf } from "./hosts.ts";
import { isId } from "./id-parameter.ts";
import { authenticates } from "./layout.ts";
import { OPEN_ROUTE } from "./module/use-case-sources.ts";
import { checkFree, type ModuleSource, moduleSource } from "./module-source.ts";
import { capitalised, kebabCase, type MemberName, sentence, spaced } from "./names.ts";
import type { RouteAddress } from "./route-address.ts";
import { whoServes } from "./served-routes.ts";
import { importLines } from "./source/import-lines.ts";
import { addImport } from "./source/imports.ts";
import { ensureScene } from "./test-scene.ts";
import { useCaseTest } from "./use-case-test.ts";

export interface NewUseCase extends MemberName {
  readonly kind: "command" | "query";
  readonly transaction: "own" | "joins";
  readonly summary?: string;
  readonly route?: RouteAddress;
}

/** An operation with all that belongs to it: contract, use case, wiring, route, documentation, test. */
export function newUseCase(project: Project, parts: NewUseCase): Change[] {
  const draft = new Draft(project);
  const { module, name, route } = parts;
  const source = moduleSource(draft, module);
  const file = `${kebabCase(name)}.ts`;
  checkFree(source, draft, name, `src/${file}`);
  checkFree(source, draft, name, `test/${kebabCase(name)}.test.ts`);
  const { files, at } = source;
  const served = route === undefined ? null : whoServes(project, route.method, route.path);
  if (served !== null) throw new UsageError(`${served} serves ${route!.method} ${route!.path} already.`);
  const contract = source.contract.constant;
  addToContract(draft, source, parts);
  draft.create(at(`src/${file}`), useCase(contract, name));
  draft.edit(files.definition, (text, edited) => exportTools(edited, text, ["handle"]));
  draft.edit(files.module, (text, edited) =>
    addToModule(edited, text, { list: "handlers", name, from: `./${file}` }),
  );
  if (route !== undefined) serve(draft, source, parts, route);
  document(draft, source, parts);
  const scene = ensureScene(draft, source);
  draft.create(
    at(`test/${kebabCase(name)}.test.ts`),
    useCaseTest(contract, parts, scene, usesId(draft, source)),
  );
  return draft.changes();
}

function addToContract(draft: Draft, source: ModuleSource, parts: NewUseCase): void {
  const { name, kind, transaction, summary, route } = parts;
  const file = source.files.contract;
  const hasId = usesId(draft, source);
  const inputs = (route?.params ?? []).map((each) => `${each}: ${schemaOf(each, hasId)}`);
  const isTyped = inputs.some((each) => each.includes("Type."));
  const comment = summary === undefined ? "" : `/** ${sentence(summary)} */\n`;
  const member = [
    ...(kind === "command" ? [`transaction: "${transaction}"`] : []),
    `input: ${closed(inputs)}`,
    "output: closed({})",
  ];
  draft.edit(file, (text) => {
    const source = `${comment}${name}: ${kind}({\n${member.map((each) => `  ${each},\n`).join("")}})`;
    const added = addMember(file, text, { name, kind, source });
    return isTyped ? addImport(file, added, { from: "ashlar/contract", names: ["Type"] }) : added;
  });
}

/** Whether the contract says what an id is. */
function usesId(draft: Draft, { files }: ModuleSource): boolean {
  return /^const Id = .*\[0-9a-f\]\{8\}/m.test(draft.find(files.contract)!);
}

function schemaOf(param: string, hasId: boolean): string {
  return hasId && isId(param) ? "Id" : "Type.String({ minLength: 1, maxLength: 200 })";
}

const closed = (properties: readonly string[]) =>
  properties.length === 0 ? "closed({})" : `closed({ ${properties.join(", ")} })`;

function useCase(contract: string, name: string): string {
  const imports = importLines([
    { from: "../contract/index.ts", names: [contract] },
    { from: "./definition.ts", names: ["handle"] },
  ]);
  return `${imports}\n\nexport const ${name} = handle(${contract}.${name}, async () => ({}));\n`;
}

function serve(draft: Draft, source: ModuleSource, parts: NewUseCase, route: RouteAddress): void {
  const { files, module, contract } = source;
  const { name, kind, summary } = parts;
  const isNew = draft.find(files.routes) === null;
  const isOpen = !hostsOf(draft.project).some((host) => authenticates(draft.project, host.package.directory));
  if (isNew) draft.create(files.routes, (isOpen ? OPEN_ROUTE : "") + routesSource());
  const scope = scopeIn(draft.find(files.routes)!) ?? module.module;
  const properties = `${contract.constant}.${name}.input.properties`;
  const params = route.params.map((each) => `${each}: ${properties}.${each}`);
  const lines = [
    `method: "${route.method}"`,
    `path: "${route.path}"`,
    `auth: ${isOpen ? "anyone" : `signedIn("${scope}:${kind === "query" ? "read" : "write"}")`}`,
    `summary: ${JSON.stringify(summary === undefined ? capitalised(spaced(name)) : sentence(summary).slice(0, -1))}`,
    ...(params.length === 0
      ? ["input: () => ({})"]
      : [`params: ${closed(params)}`, "input: ({ params }) => params"]),
  ];
  draft.edit(files.routes, (text, file) =>
    addRoute(file, text, {
      contract: contract.constant,
      auth: isOpen ? "anyone" : "signedIn",
      source: `route(${contract.constant}.${name}, {\n${lines.map((line) => `  ${line},\n`).join("")}})`,
    }),
  );
  draft.edit(files.definition, (text, file) => exportTools(file, text, ["route"]));
  if (isNew) draft.edit(files.module, (text, file) => addRoutes(file, text));
  const address = `\`${route.method} ${route.path}\``;
  draft.edit(files.readme, (text) =>
    // Where routes stand beside their operations they have no table of their own.
    hasColumn(text, "operation", "route")
      ? text
      : addRow(text, {
          key: "route",
          section: "Operations",
          cells: { route: address, operation: `\`${name}\`` },
          also: {
            "scope of an API key": `\`${scope}:${kind === "query" ? "read" : "write"}\``,
            for: isOpen ? "anyone" : "accounts",
          },
        }),
  );
}

function document(draft: Draft, { files }: ModuleSource, parts: NewUseCase): void {
  const { name, kind, transaction, summary, route } = parts;
  const what = summary === undefined ? `${capitalised(spaced(name))}.` : sentence(summary);
  draft.edit(files.readme, (text) =>
    addRow(text, {
      key: "operation",
      section: "Operations",
      cells: {
        operation: `\`${name}\``,
        kind: kind === "command" && transaction === "joins" ? "command, joins" : kind,
        "what it does": what,
      },
      also: {
        for: route === undefined ? "modules" : "see `src/routes.ts`",
        route: route === undefined ? "none" : `\`${route.method} ${route.path}\``,
      },
    }),
  );
}
