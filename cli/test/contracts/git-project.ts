import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { ashlar, type Ended } from "../cli-scene.ts";

const FRAMEWORK = fileURLToPath(new URL("../../../framework", import.meta.url));

export interface GitProject {
  readonly root: string;
  run(...words: string[]): Promise<Ended>;
  /** Writes the contract of ordering, with these lines in it. */
  promise(...lines: readonly string[]): void;
  write(file: string, text: string): void;
  git(...words: readonly string[]): string;
  commit(message: string): void;
}

/** A project of one module in a git repository of its own, on the branch `main`. Goes with the test file. */
export function gitProject(): GitProject {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "ashlar-contracts-")));
  after(() => rmSync(root, { recursive: true, force: true }));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const git = (...words: readonly string[]) => {
    const answer = spawnSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...words], {
      cwd: root,
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: root, GIT_CONFIG_NOSYSTEM: "1" },
    });
    if (answer.status !== 0) throw new Error(`git ${words.join(" ")}: ${answer.stderr}`);
    return answer.stdout;
  };
  write("package.json", JSON.stringify({ name: "lab", type: "module", workspaces: ["modules/*"] }));
  write("modules/ordering/package.json", JSON.stringify({ name: "@lab/ordering", type: "module" }));
  write(
    "modules/ordering/src/module.ts",
    [
      'import { define, defineModule } from "ashlar/module";',
      'import { ordering } from "../contract/index.ts";',
      "export default defineModule(define(ordering), { handlers: [] });",
    ].join("\n"),
  );
  write(".gitignore", "node_modules\n");
  mkdirSync(join(root, "node_modules"));
  symlinkSync(FRAMEWORK, join(root, "node_modules/ashlar"));
  git("init", "--quiet", "--initial-branch=main");
  return {
    root,
    write,
    git,
    run: (...words) => ashlar(words, { cwd: root }),
    promise: (...lines) =>
      write(
        "modules/ordering/contract/index.ts",
        [
          'import { closed, command, contract, event, query, Type } from "ashlar/contract";',
          'export const ordering = contract("ordering", {',
          ...lines,
          "});",
          "void [closed, command, event, query, Type];",
        ].join("\n"),
      ),
    commit: (message) => {
      git("add", "--all");
      git("commit", "--quiet", "--message", message);
    },
  };
}
