import assert from "node:assert/strict";
import { test } from "node:test";
import type { Now } from "../../../console/api/now.ts";
import type { Shown } from "../../../console/api/shown.ts";
import type { NowAnswer } from "../../src/top/now-answer.ts";
import { picture } from "../../src/top/picture.ts";
import { firing, NOW, shown } from "./console-server.ts";

const frame = { url: "http://127.0.0.1:3000", width: 80, height: 40, now: NOW, silence: null };
/** Compiles only as long as the console answers with all that is read here. */
const asRead = (answer: Shown<Now>): NowAnswer => answer;

test("what fires is told with its word, its age, its module, its evidence and what was changed before", () => {
  const suspect = {
    kind: "deploy",
    at: NOW - 300_000,
    title: "release 1.4.2 began",
    module: null,
    actor: null,
    place: { href: "/deploys", label: "Deploys" },
  } as const;
  const answer = shown({ state: "error", firing: [firing({ suspect })], changes: [suspect] });
  const text = picture(asRead(answer), frame).join("\n");
  assert.match(text, /^Something is wrong \(1 error, 19 quiet\)$/m);
  assert.match(
    text,
    /^51\.2 requests\/s {3}2\.1 % fail {3}p99 340 ms {3}1,234\+ jobs ready {3}1 dead letter$/m,
  );
  assert.match(text, /^requests ▂ █$/m);
  assert.match(
    text,
    /^ERROR {6}4m {2}PUT \/v1\/cart\/items\/\{sku\} fails too often \(route-errors, ordering\)$/m,
  );
  assert.match(text, /^ {15}312 of 620 requests failed/m);
  assert.match(text, /^ {15}1m before it: release 1\.4\.2 began$/m);
  assert.match(text, /^ {15}→ Deploy the release before$/m);
  assert.match(text, /^deploy {5}5m {2}release 1\.4\.2 began$/m);
});

test("what cannot be told is no number, and is told with its reason", () => {
  const { numbers } = shown().data;
  const answer = shown({
    numbers: { ...numbers, requestsPerSecond: null, p99Ms: null, deadLetters: null },
    blind: [{ check: "replication-lag", reason: "not allowed", since: NOW - 60_000 }],
    unknown: [{ what: "the traffic", reason: "the database does not answer", since: NOW - 120_000 }],
  });
  const text = picture(asRead(answer), frame).join("\n");
  assert.match(text, /^– requests\/s {3}2\.1 % fail {3}p99 – ms {3}1,234\+ jobs ready {3}– dead letters$/m);
  assert.match(text, /^BLIND {6}1m {2}replication-lag cannot look: not allowed$/m);
  assert.match(text, /^UNKNOWN {4}2m {2}the traffic: the database does not answer$/m);
});

test("no line is wider than the terminal, none moves its cursor, and what has no room is counted", () => {
  const long = firing({ title: `${"x".repeat(300)}\u001b[2J`, evidence: ["a\u0007b\n".repeat(80)] });
  const answer = shown({ state: "error", firing: Array.from({ length: 30 }, () => long) });
  for (const width of [40, 80, 200]) {
    const lines = picture(asRead(answer), { ...frame, width, height: 24 });
    assert.equal(lines.length, 24);
    assert.match(lines.at(-1)!, /^… \d+ more lines/);
    for (const line of lines) {
      assert.ok(line.length <= width, `${line.length} letters: ${line}`);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
      assert.doesNotMatch(line, /[\u0000-\u001f]/);
    }
  }
});

test("an old picture says so, whether the app or its database is silent", () => {
  const at = new Date(NOW).toLocaleTimeString("en-GB");
  const silent = picture(asRead(shown()), { ...frame, silence: "It does not answer." }).join("\n");
  assert.match(silent, new RegExp(`^It does not answer\\. This is the picture of ${at}\\.$`, "m"));
  const stale = { since: NOW - 60_000, reason: "the database does not answer" };
  const old = picture(asRead({ ...shown(), stale }), frame).join("\n");
  assert.match(old, new RegExp(`^As of ${at}: the database does not answer, since 1m\\.$`, "m"));
});
