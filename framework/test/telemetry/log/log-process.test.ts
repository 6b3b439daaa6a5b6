import assert from "node:assert/strict";
import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";

const PROGRAM = join(import.meta.dirname, "log-process.ts");
/** Of the rest only what a program is found by: CI, NO_COLOR and their like decide about colours too. */
const TERMINAL = { PATH: process.env.PATH, TERM: "xterm-256color" };

/** `script` of util-linux gives a program a pseudo terminal; the one of macOS and BSD takes other arguments. */
const hasScript = /util-linux/.test(spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "");

function onTerminal(environment: NodeJS.ProcessEnv): string {
  const { stdout, status } = spawnSync(
    "script",
    ["-qec", `'${process.execPath}' '${PROGRAM}'`, "/dev/null"],
    { encoding: "utf8", env: environment },
  );
  assert.equal(status, 0, stdout);
  return stdout.replaceAll("\r\n", "\n");
}

describe("the log of a process", () => {
  for (const [how, code] of [
    ["ends", 0],
    ["exits", 3],
    ["throws", 1],
  ] as const) {
    it(`is JSON lines on standard error when that is a pipe, complete when it ${how}`, () => {
      const { stdout, stderr, status } = spawnSync(process.execPath, [PROGRAM, how], { encoding: "utf8" });
      assert.deepEqual([status, stdout], [code, ""]);
      const lines = stderr
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line));
      assert.deepEqual(
        lines.map(({ level, module, trace, msg }) => [level, module, trace, msg]),
        [
          ["debug", "ordering", undefined, "placing"],
          ["error", "ordering", "t-1", "failed"],
          ["info", undefined, undefined, "last"],
        ],
      );
      assert.equal(lines[0].key, "[secret]");
      assert.doesNotMatch(stderr, /hunter2/);
    });
  }

  it("loses lines rather than the process when nobody reads it, and says how many", async () => {
    const child = fork(PROGRAM, ["floods"], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
    assert.equal((await once(child, "message"))[0], "flooded");
    const chunks: string[] = [];
    child.stderr!.setEncoding("utf8").on("data", (chunk: string) => {
      chunks.push(chunk);
      const end = chunks.slice(-2).join("");
      if (end.includes("lines of the log were lost") && child.connected) child.send("end");
    });
    assert.deepEqual(await once(child, "close"), [0, null]);
    const lines = chunks
      .join("")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const lost = lines.filter(({ msg }) => /were lost/.test(msg));
    assert.equal(lost.length, 1);
    assert.equal(lost[0].level, "warn");
    assert.ok(lost[0].lines > 500, String(lost[0].lines));
    assert.equal(lines.filter(({ msg }) => msg === "flood").length + lost[0].lines, 3_000);
  });

  it("is for people on a terminal", { skip: !hasScript && "no script of util-linux here" }, () => {
    const coloured = onTerminal(TERMINAL);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
    assert.match(coloured, /\u001b\[31mERROR\u001b\[39m/);
    const lines = stripVTControlCharacters(coloured).trimEnd().split("\n");
    assert.match(lines[0]!, /^\d\d:\d\d:\d\d\.\d{3} DEBUG ordering {2}placing order=7 key=\[secret\]$/);
    assert.match(lines[1]!, /^\d\d:\d\d:\d\d\.\d{3} ERROR ordering {2}failed trace=t-1$/);
    assert.deepEqual(lines.slice(2, 4), ["    Error: boom", "    second line"]);
    assert.match(lines[4]!, /^ {8}at .*log-process\.ts/);
    assert.match(lines.at(-1)!, /^\d\d:\d\d:\d\d\.\d{3} INFO {12}last$/);
  });

  it("has no colours where they are not wanted", {
    skip: !hasScript && "no script of util-linux here",
  }, () => {
    const plain = onTerminal({ ...TERMINAL, NO_COLOR: "1" });
    assert.equal(plain, stripVTControlCharacters(plain));
    assert.match(plain, / ERROR ordering {2}failed /);
  });
});
