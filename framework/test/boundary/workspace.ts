import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const repository = join(import.meta.dirname, "../../..");

/**
 * A workspace of three tiny modules in a temporary directory, installed as npm's default hoisting would install it:
 * every package is linked into one node_modules, so every name resolves from everywhere. The shared tsconfigs are the
 * repository's own. Unless told otherwise `ordering` declares `catalog` and not `billing`.
 */
export class Workspace {
  // Node and tsc report real paths, and on some systems the temporary directory is a link.
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "ashlar-boundary-")));

  /** `modules` are the modules by name, with the ones each uses. */
  constructor(
    modules: Readonly<Record<string, readonly string[]>> = {
      catalog: [],
      billing: [],
      ordering: ["catalog"],
    },
  ) {
    for (const shared of [
      "tsconfig.base.json",
      "shop/modules/tsconfig.base.json",
      "shop/modules/only-contracts-of-declared-dependencies.ts",
    ]) {
      mkdirSync(dirname(join(this.root, shared)), { recursive: true });
      cpSync(join(repository, shared), join(this.root, shared));
    }
    // "type" also holds for the declarations under .types: without it hosts would read them as CommonJS.
    this.write("package.json", {
      name: "workspace",
      private: true,
      type: "module",
      workspaces: ["shop/modules/*", "shop/hosts/*"],
    });
    this.link("node_modules/@types/node", join(repository, "node_modules/@types/node"));
    this.link("node_modules/undici-types", join(repository, "node_modules/undici-types"));
    this.link("node_modules/ashlar", join(repository, "framework"));
    for (const [name, uses] of Object.entries(modules)) this.module(name, uses);
    this.host(Object.keys(modules));
  }

  write(path: string, content: string | object): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content, null, 2));
  }

  module(name: string, uses: readonly string[]): void {
    const folder = `shop/modules/${name}`;
    this.link(`node_modules/@shop/${name}`, join(this.root, folder));
    this.write(`${folder}/package.json`, {
      name: `@shop/${name}`,
      version: "0.1.0",
      type: "module",
      exports: { ".": "./contract/index.ts" },
      dependencies: Object.fromEntries([
        ["ashlar", "0.1.0"],
        ...uses.map((used) => [`@shop/${used}`, "0.1.0"]),
      ]),
    });
    const paths = {
      "@shop/*": ["../only-contracts-of-declared-dependencies.ts"],
      ...Object.fromEntries(uses.map((used) => [`@shop/${used}`, [`../../../node_modules/@shop/${used}`]])),
    };
    this.write(`${folder}/tsconfig.json`, {
      extends: "../tsconfig.base.json",
      compilerOptions: { rootDir: ".", outDir: `../../../.types/shop/modules/${name}`, paths },
      include: ["src/**/*.ts", "test/**/*.ts"],
      references: [{ path: "./contract" }],
    });
    this.write(`${folder}/contract/tsconfig.json`, {
      extends: "../../tsconfig.base.json",
      compilerOptions: { rootDir: ".", outDir: `../../../../.types/shop/modules/${name}/contract` },
      include: ["**/*.ts"],
    });
    this.write(
      `${folder}/contract/index.ts`,
      `export type { Id } from "./id.ts";\nexport const ${name} = { name: "${name}" } as const;\n`,
    );
    this.write(`${folder}/contract/id.ts`, `export type Id = string;\n`);
    this.write(
      `${folder}/src/definition.ts`,
      [
        `import { ${name} } from "../contract/index.ts";`,
        ...uses.map((used) => `import { ${used} } from "@shop/${used}";`),
        "const define = <Contract, Parts>(contract: Contract, parts: Parts) => ({ contract, ...parts });",
        `export const definition = define(${name}, { uses: [${uses.join(", ")}] });`,
        "",
      ].join("\n"),
    );
    if (uses.length > 0) {
      // A use that nobody makes would be reported.
      this.write(
        `${folder}/src/use.ts`,
        uses.map((used) => `export { ${used} } from "@shop/${used}";\n`).join(""),
      );
    }
    this.write(`${folder}/src/module.ts`, `export { definition as default } from "./definition.ts";\n`);
    this.write(`${folder}/src/secret.ts`, `export const secret = "${name}";\nexport type Secret = string;\n`);
  }

  host(modules: readonly string[]): void {
    this.write("shop/hosts/monolith/package.json", {
      name: "@shop/monolith",
      version: "0.1.0",
      type: "module",
      dependencies: Object.fromEntries(modules.map((name) => [`@shop/${name}`, "0.1.0"])),
    });
    this.write("shop/hosts/monolith/tsconfig.json", {
      extends: "../../../tsconfig.base.json",
      compilerOptions: { rootDir: ".", outDir: "../../../.types/shop/hosts/monolith" },
      include: ["**/*.ts"],
      references: modules.map((name) => ({ path: `../../modules/${name}` })),
    });
    this.write(
      "shop/hosts/monolith/main.ts",
      [
        ...modules.map((name) => `import ${name} from "../../modules/${name}/src/module.ts";`),
        `console.log([${modules.join(", ")}].map(({ contract }) => contract.name).join(" "));\n`,
      ].join("\n"),
    );
    this.write("tsconfig.json", {
      files: [],
      references: [
        ...modules.map((name) => ({ path: `shop/modules/${name}` })),
        { path: "shop/hosts/monolith" },
      ],
    });
  }

  link(path: string, target: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    symlinkSync(target, join(this.root, path), "dir");
  }

  tsc(...args: string[]): Promise<Outcome> {
    return this.node(join(repository, "node_modules/typescript/bin/tsc"), ...args);
  }

  /** What `ashlar check` finds. */
  async check(): Promise<Found[]> {
    const { code, output } = await this.node(join(repository, "cli/bin/ashlar.js"), "check", "--json");
    const { violations } = JSON.parse(output) as { violations: Found[] };
    const errors = violations.filter(({ severity }) => severity === "error");
    if (code !== (errors.length > 0 ? 1 : 0)) throw new Error(`ashlar check ended with ${code}: ${output}`);
    return errors;
  }

  /** Runs a file as the app runs: the boundary hook preloaded by its package's name. */
  guarded(...args: string[]): Promise<Outcome> {
    return this.node("--import", "ashlar/boundary/register", ...args);
  }

  node(...args: string[]): Promise<Outcome> {
    const child = spawn(process.execPath, args, { cwd: this.root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk: string) => {
      output += chunk;
    };
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, output }));
    });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** One violation, as `ashlar check --json` tells it. */
export interface Found {
  readonly rule: string;
  readonly severity: "error" | "note";
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export interface Outcome {
  readonly code: number | null;
  /** Both streams, in the order they came. */
  readonly output: string;
}
