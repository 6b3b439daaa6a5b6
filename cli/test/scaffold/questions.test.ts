import assert from "node:assert/strict";
import { PassThrough, Writable } from "node:stream";
import { test } from "node:test";
import { QuestionLeft, questions } from "../../src/scaffold/questions.ts";

/** Somebody at a terminal, who presses these keys when a question stands there. */
function somebody(...keys: string[]) {
  const input = new PassThrough();
  let shown = "";
  const output = new Writable({
    write(chunk, _encoding, done) {
      shown += chunk;
      // The question is on the screen: the next key is for it.
      if (keys.length > 0) setImmediate(() => input.write(keys.shift() ?? ""));
      done();
    },
  });
  return { ask: questions(true, { input, output }), shown: () => shown };
}

test("what is given is not asked for", async () => {
  const { ask, shown } = somebody();
  assert.equal(await ask.text("shipping", { flag: "--x", message: "What?" }), "shipping");
  const choice = { flag: "--kind", message: "Which?", choices: [{ value: "a" }, { value: "b" }] };
  assert.equal(await ask.choice("b", choice), "b");
  await assert.rejects(ask.choice("c", choice), {
    code: "ASHLAR_CLI_USAGE",
    message: '--kind "c": it can be a, b.',
  });
  assert.equal(shown(), "");
});

test("a question is answered by typing, and a suggestion by Enter alone", async () => {
  assert.equal(await somebody("x", "y", "\r").ask.text(undefined, { flag: "--x", message: "What?" }), "xy");
  const suggested = somebody("\r");
  const answer = suggested.ask.text(undefined, { flag: "--x", message: "What?", suggestion: "note" });
  assert.equal(await answer, "note");
  assert.match(suggested.shown(), /What\?/);
});

test("a choice is made with the arrow keys", async () => {
  const choices = [{ value: "command" }, { value: "query" }];
  const { ask } = somebody("\u001b[B", "\r");
  assert.equal(await ask.choice(undefined, { flag: "--kind", message: "Which?", choices }), "query");
});

test("Ctrl-C leaves the question, and with it the command", async () => {
  const { ask } = somebody("\u0003");
  await assert.rejects(ask.text(undefined, { flag: "--x", message: "What?" }), QuestionLeft);
});

test("nobody to ask is told by the flag", async () => {
  await assert.rejects(questions(false).text(undefined, { flag: "--x", message: "What?" }), {
    code: "ASHLAR_CLI_USAGE",
    message: "What? Give --x.",
  });
});
