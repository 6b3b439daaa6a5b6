// A project in a git repository of its own: ordering uses catalog, reads its view and takes in its event; billing
// takes in an event of ordering; identity stands alone; a host composes all four.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import type { AppDescription } from "ashlar/module";
import { type Affected, affectedBy } from "../../src/affected/affected.ts";
import { changedFiles, projectFiles } from "../../src/affected/changed-files.ts";
import { loadModel } from "../../src/model/model.ts";
import { findProject } from "../../src/project/project.ts";

const framework = fileURLToPath(new URL("../../../framework", import.meta.url));

/** A test script that writes down what it was given, and ends as the environment says. */
const testScript = `
import { writeFileSync } from "node:fs";
writeFileSync("ran.json", JSON.stringify(process.argv.slice(2)));
process.exitCode = Number(process.env.TEST_EXIT ?? 0);
`;

const contracts: Readonly<Record<string, string>> = {
  identity: `contract("identity", { find: query({ input: closed({}), output: closed({}) }) })`,
  catalog: `contract("catalog", {
    find: query({ input: closed({}), output: closed({}) }),
    listing: view({ view: "listing", row: closed({ sku: Type.String() }) }),
    restocked: event({ version: 1, payload: closed({}) }),
  })`,
  ordering: `contract("ordering", {
    place: command({ transaction: "own", input: closed({}), output: closed({}) }),
    placed: event({ version: 1, payload: closed({}) }),
  })`,
  billing: `contract("billing", { count: query({ input: closed({}), output: closed({}) }) })`,
};

const modules: Readonly<Record<string, { uses: string[]; reads?: string; on?: string; operation: string }>> =
  {
    identity: { uses: [], operation: "find" },
    catalog: { uses: [], operation: "find" },
    ordering: { uses: ["catalog"], reads: "catalog.listing", on: "catalog.restocked", operation: "place" },
    billing: { uses: [], on: "ordering.placed", operation: "count" },
  };

export interface Store {
  readonly root: string;
  /** What the modules say of themselves. */
  readonly app: AppDescription;
  git(...words: readonly string[]): string;
  write(file: string, text: string): void;
  remove(file: string): void;
  /** Takes back whatever was changed since the first commit. */
  reset(): void;
  /** What is affected by all that differs from `since`, in the words of the command. */
  affected(since?: string, app?: AppDescription | null): Promise<Affected>;
}

export async function makeStore(): Promise<Store> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "ashlar-affected-")));
  after(() => rmSync(root, { recursive: true, force: true }));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  for (const [file, text] of Object.entries(sources())) write(file, text);
  mkdirSync(join(root, "node_modules/@store"), { recursive: true });
  symlinkSync(framework, join(root, "node_modules/ashlar"));
  for (const name of Object.keys(modules)) {
    symlinkSync(join(root, "modules", name), join(root, "node_modules/@store", name));
  }
  const git = gitIn(root);
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "--message=first");
  git("tag", "first");
  const project = findProject(root);
  const { app } = await loadModel(project);
  return {
    root,
    app,
    git,
    write,
    remove: (file) => rmSync(join(root, file), { recursive: true }),
    reset() {
      git("checkout", "--quiet", "--force", "main");
      git("reset", "--quiet", "--hard", "first");
      git("clean", "-fdq");
    },
    async affected(since = "first", told = app) {
      const { files } = await changedFiles(root, since);
      return affectedBy({
        project: findProject(root),
        app: told,
        changed: files,
        files: await projectFiles(root),
      });
    },
  };
}

/** git with a user, and with nothing of the machine's own settings. */
export function gitIn(directory: string): (...words: readonly string[]) => string {
  const user = { NAME: "Test", EMAIL: "test@example.org" };
  const environment = {
    ...process.env,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    ...Object.fromEntries(
      Object.entries(user).flatMap(([key, value]) => [
        [`GIT_AUTHOR_${key}`, value],
        [`GIT_COMMITTER_${key}`, value],
      ]),
    ),
  };
  return (...words) => execFileSync("git", words, { cwd: directory, env: environment, encoding: "utf8" });
}

function sources(): Record<string, string> {
  const files: Record<string, string> = {
    ".gitignore": "node_modules/\nran.json\n",
    "package.json": JSON.stringify({
      name: "store",
      type: "module",
      workspaces: ["modules/*", "hosts/*"],
      scripts: { test: "node run-tests.js" },
    }),
    "run-tests.js": testScript,
    "docs/guides/selling.md": "# Selling\n",
    "test/journey.test.ts": "",
    "hosts/shop/package.json": JSON.stringify({ name: "@store/shop", type: "module" }),
    "hosts/shop/main.ts": Object.keys(modules)
      .map((name) => `import ${name} from "../../modules/${name}/src/module.ts";\n`)
      .join(""),
    "hosts/shop/test/main.test.ts": "",
  };
  for (const [name, { uses, reads, on, operation }] of Object.entries(modules)) {
    const needed = [...new Set([...uses, reads, on].flatMap((id) => id?.split(".")[0] ?? []))];
    files[`modules/${name}/package.json`] = JSON.stringify({
      name: `@store/${name}`,
      type: "module",
      exports: { ".": "./contract/index.ts" },
      dependencies: Object.fromEntries(needed.map((each) => [`@store/${each}`, "*"])),
    });
    files[`modules/${name}/contract/index.ts`] =
      `import { closed, command, contract, event, query, Type, view } from "ashlar/contract";\n` +
      `export const ${name} = ${contracts[name]};\n`;
    files[`modules/${name}/src/module.ts`] = [
      `import { define, defineModule } from "ashlar/module";`,
      `import { ${name} } from "@store/${name}";`,
      ...needed.map((each) => `import { ${each} } from "@store/${each}";`),
      `const definition = define(${name}, { uses: [${uses}], reads: [${reads ?? ""}] });`,
      `export default defineModule(definition, {`,
      `  handlers: [definition.handle(${name}.${operation}, async () => ({}))],`,
      on === undefined ? "" : `  on: [definition.on(${on}, { name: "takeIn" }, async () => {})],`,
      `  migrations: new URL("../migrations/", import.meta.url),`,
      `});`,
    ].join("\n");
    files[`modules/${name}/migrations/0001_begin.sql`] = "select 1;\n";
    files[`modules/${name}/test/${name}.test.ts`] = "";
    files[`modules/${name}/README.md`] = `# ${name}\n`;
  }
  return files;
}
