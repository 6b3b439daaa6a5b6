import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { after, test } from "node:test";
import { eventually } from "ashlar/testing";
import { ashlar, BINARY } from "../cli-scene.ts";
import { consoleServer, firing, shown, TOKEN } from "./console-server.ts";

const environment = { ASHLAR_TOKEN: TOKEN };

test("--once prints and ends by what fires: 0 for nothing and for warnings, 1 for an error", async () => {
  const server = await consoleServer(shown());
  const once = () => ashlar(["top", "--once", "--url", server.url], { environment });
  const well = await once();
  assert.deepEqual([well.code, well.stderr], [0, ""]);
  assert.match(well.stdout, /^Well: nothing fires \(19 quiet\)$/m);
  server.answer = shown({ state: "warning", firing: [firing({ severity: "warning" })] });
  assert.equal((await once()).code, 0);
  server.answer = shown({ state: "error", firing: [firing()] });
  const wrong = await once();
  assert.equal(wrong.code, 1);
  assert.match(wrong.stdout, /^ERROR /m);
});

test("--json prints the answer as it came", async () => {
  const answer = shown({ state: "error", firing: [firing()] });
  const server = await consoleServer(answer);
  const { code, stdout } = await ashlar(["top", "--json", "--url", `${server.url}/console/`], {
    environment,
  });
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(stdout), answer);
});

test("who cannot be asked is told, with 3", async () => {
  const server = await consoleServer(shown());
  const top = (env: Record<string, string>, ...words: string[]) =>
    ashlar(["top", "--once", "--url", server.url, ...words], { environment: env });
  const refused = await top({ ASHLAR_TOKEN: "another" });
  assert.deepEqual([refused.code, refused.stdout], [3, ""]);
  assert.match(refused.stderr, /lets nobody into its console with that/);
  server.answer = { status: 200, body: { hello: "there" } };
  assert.match((await top(environment)).stderr, /not that of a console of this version/);
  server.answer = { status: 503, body: { title: "Not now", code: "OVERLOADED" } };
  assert.match((await top(environment)).stderr, /answers with 503: Not now \(OVERLOADED\)/);
  await server.stop();
  const away = await top(environment, "--json");
  assert.equal(away.code, 3);
  assert.equal(JSON.parse(away.stderr).error.code, "ASHLAR_CLI_TOP_UNREACHABLE");
  const nobody = await consoleServer(shown());
  const without = await ashlar(["top", "--url", nobody.url]);
  assert.equal(without.code, 3);
  assert.match(without.stderr, /has no console at/);
});

test("a URL that is none is wrong usage", async () => {
  for (const url of ["localhost", "ftp://127.0.0.1", "http://me:secret@127.0.0.1"]) {
    const { code, stderr } = await ashlar(["top", "--url", url]);
    assert.equal(code, 2, url);
    assert.match(stderr, /is no address of an app/);
  }
});

test("on a terminal it redraws, keeps the last picture while the app is away, and gives the terminal back", async (t) => {
  const server = await consoleServer(shown());
  const terminal = onTerminal(["top", "--url", server.url]);
  if (terminal === null) return t.skip("this machine has no script(1) to make a terminal with");
  await eventually("the first picture", () => terminal.output().includes("Well: nothing fires"));
  assert.ok(terminal.output().startsWith("\u001b[?1049h"), "on the alternate screen");
  const asked = server.asked();
  server.answer = shown({ state: "error", firing: [firing()] });
  terminal.types("r");
  await asked;
  await eventually("the second picture", () => terminal.output().includes("Something is wrong"));
  await server.stop();
  terminal.types("r");
  await eventually("the silence", () => /does not answer: .*This is the picture of/.test(terminal.output()));
  terminal.types("q");
  await terminal.ended();
  assert.ok(terminal.output().includes("\u001b[?25h\u001b[?1049l"), "the terminal is given back");
});

test("an interrupt gives the terminal back too", async (t) => {
  const server = await consoleServer(shown());
  const terminal = onTerminal(["top", "--url", server.url]);
  if (terminal === null) return t.skip("this machine has no script(1) to make a terminal with");
  await eventually("the first picture", () => terminal.output().includes("Well: nothing fires"));
  terminal.types("\u0003");
  await terminal.ended();
  assert.ok(terminal.output().includes("\u001b[?25h\u001b[?1049l"));
});

/** The program on a terminal of its own, made by script(1) of util-linux. */
function onTerminal(words: readonly string[]) {
  if (process.platform !== "linux") return null;
  const line = [process.execPath, BINARY, ...words].map((word) => `'${word}'`).join(" ");
  const child: ChildProcess = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
    env: { PATH: process.env.PATH, TERM: "xterm", COLUMNS: "120", ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  after(() => {
    if (child.exitCode === null) child.kill("SIGKILL");
  });
  let output = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return {
    output: () => output,
    types: (keys: string) => child.stdin!.write(keys),
    ended: () => closed,
  };
}
