import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CheckReport } from "../../src/check/report.ts";
import { ashlar, type Ended } from "../cli-scene.ts";

/**
 * A project of two small modules, `shelf` and `desk`, of which desk uses shelf. Nothing of it is ever run, so the
 * framework is only a name.
 */
export class SmallProject {
  // Links are told by their real paths, and on some systems the temporary directory is one.
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "ashlar-check-")));

  constructor() {
    this.write("package.json", { name: "small", private: true, type: "module", workspaces: ["modules/*"] });
    this.write("tsconfig.json", { references: [{ path: "modules/shelf" }, { path: "modules/desk" }] });
    this.write("modules/refused.ts", "export {};\n");
    this.#module("shelf", []);
    this.#module("desk", ["shelf"]);
    this.write("modules/desk/src/use.ts", `export { shelf } from "@small/shelf";\n`);
  }

  write(path: string, content: string | object): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content, null, 2));
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  run(...words: string[]): Promise<Ended> {
    return ashlar(["check", ...words], { cwd: this.root });
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** The report, which must have been given whatever it says. */
  async report(...words: string[]): Promise<CheckReport> {
    const { stdout, stderr } = await this.run("--json", ...words);
    if (stderr !== "") throw new Error(stderr);
    return JSON.parse(stdout) as CheckReport;
  }

  /** What is found, shortly: `modules/desk/src/a.ts:1:8 internals`. */
  async found(...words: string[]): Promise<string[]> {
    const { violations } = await this.report(...words);
    return violations.map(({ file, line, column, rule }) => `${file}:${line}:${column} ${rule}`);
  }

  #module(name: string, uses: readonly string[]): void {
    const folder = `modules/${name}`;
    const packages = uses.map((each) => `@small/${each}`);
    this.write(`${folder}/package.json`, {
      name: `@small/${name}`,
      version: "1.0.0",
      type: "module",
      exports: { ".": "./contract/index.ts" },
      dependencies: Object.fromEntries(["ashlar", ...packages].map((each) => [each, "1.0.0"])),
    });
    mkdirSync(join(this.root, "node_modules/@small"), { recursive: true });
    symlinkSync(join(this.root, folder), join(this.root, "node_modules/@small", name), "dir");
    this.write(`${folder}/tsconfig.json`, {
      compilerOptions: {
        composite: true,
        paths: Object.fromEntries([
          ["@small/*", ["../refused.ts"]],
          ...packages.map((each) => [each, [`../../node_modules/${each}`]]),
        ]),
      },
      include: ["src/**/*.ts"],
      references: [{ path: "./contract" }],
    });
    this.write(`${folder}/contract/tsconfig.json`, { include: ["**/*.ts"] });
    this.write(
      `${folder}/contract/index.ts`,
      `import { contract } from "ashlar/contract";\nexport const ${name} = contract("${name}", {});\n`,
    );
    this.write(
      `${folder}/src/definition.ts`,
      `${uses.map((each) => `import { ${each} } from "@small/${each}";\n`).join("")}import { define } from "ashlar/module";
import { ${name} } from "../contract/index.ts";
export const definition = define(${name}, { uses: [${uses.join(", ")}] });\n`,
    );
    this.write(`${folder}/src/secret.ts`, `export const secret = "${name}";\n`);
  }
}
