import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createLog } from "../../../src/telemetry/index.ts";
import { collectedLog } from "./collected-log.ts";

describe("a log that is given what it should not be", () => {
  it("names what cannot be written in its place", () => {
    const { log, fields } = collectedLog();
    const circular: Record<string, unknown> = { name: "circle" };
    circular.self = circular;
    circular.list = [circular];
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    log.info(
      {
        circular,
        big: 10n ** 20n,
        nan: Number.NaN,
        symbol: Symbol("s"),
        run: () => 1,
        buffer: Buffer.alloc(4),
        never: new Date(Number.NaN),
        revoked: revoked.proxy,
        get broken() {
          throw new Error("no");
        },
        toJson: {
          toJSON() {
            throw new Error("no");
          },
        },
        __proto__: { inherited: true },
      },
      "hello",
    );
    const { time, ...line } = fields()[0]!;
    assert.deepEqual(line, {
      level: "info",
      circular: { name: "circle", self: "[circular]", list: ["[circular]"] },
      ...{ big: "100000000000000000000", nan: null, symbol: "[symbol]", run: "[function]" },
      ...{ buffer: "[4 bytes]", never: "[no date]", revoked: "[unreadable]", broken: "[unreadable]" },
      ...{ toJson: "[unreadable]", msg: "hello" },
    });
  });

  it("follows causes that lead back once, and as many as can be read", () => {
    const { log, fields } = collectedLog();
    const first = new Error("first");
    const second = new Error("second", { cause: first });
    first.cause = second;
    log.error({ err: first });
    let chain = new Error("root");
    for (let depth = 0; depth < 1_000; depth++) chain = new Error(`${depth}`, { cause: chain });
    log.error({ err: chain });
    const causes = fields().map(({ err }) => (err as { causes: { message: string }[] }).causes);
    assert.deepEqual(
      causes[0]!.map(({ message }) => message),
      ["second"],
    );
    assert.equal(causes[1]!.length, 8);
  });

  it("does not throw for whatever comes first, either", () => {
    const { log, lines } = collectedLog();
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const broken = {
      get err() {
        throw new Error("no");
      },
    };
    const silent = Object.defineProperty(new Error("x"), "stack", {
      get: () => {
        throw new Error("no");
      },
    });
    for (const first of [revoked.proxy, broken, silent, null, undefined, 7, Symbol("s"), () => 1]) {
      (log.info as (first: unknown) => void)(first);
      log.child({ first }).info("bound");
    }
    assert.equal(lines.length, 16);
    for (const line of lines) JSON.parse(line);
  });

  it("lives on when its destination throws", () => {
    const log = createLog({
      level: "info",
      destination: {
        write: () => {
          throw new Error("disk full");
        },
      },
    });
    log.info("hello");
  });

  it("keeps a line within bounds, with its message", () => {
    const { log, lines, fields } = collectedLog();
    const wide = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, index) => [`key${index}`, "x".repeat(50)]),
    );
    let deep: unknown = "bottom";
    for (let depth = 0; depth < 10_000; depth++) deep = { deep };
    const tree = (depth: number): unknown =>
      depth === 0 ? "leaf" : Array.from({ length: 60 }, () => tree(depth - 1));
    const stackless = new Error("m".repeat(1_000_000));
    const given = { wide, deep, tree: tree(3), text: "t".repeat(10_000_000), ["k".repeat(1_000_000)]: 1 };
    for (const fields of [given, wide, Object.values(given), { err: stackless }])
      log.info(fields, "the message");
    log.info("m".repeat(10_000_000));
    for (const [index, line] of lines.entries()) assert.ok(line.length < 100_000, `${index}: ${line.length}`);
    assert.deepEqual(
      fields()
        .slice(0, 4)
        .map(({ msg }) => msg),
      Array(4).fill("the message"),
    );
  });

  it("can be made to write neither a second line nor another level or time", () => {
    const { log, lines, fields } = collectedLog();
    const forged = '\n{"level":"fatal","time":"2000-01-01T00:00:00.000Z","msg":"forged"}\n';
    log.info({ level: "fatal", time: 0, msg: "forged", [`a":1,"level":"fatal${forged}`]: forged }, forged);
    assert.equal(lines.length, 1);
    assert.equal(lines[0]!.indexOf("\n"), lines[0]!.length - 1);
    const [line] = fields();
    assert.deepEqual(
      [line!.level, line!.msg, line!.level_, line!.time_, line!.msg_],
      ["info", forged, "fatal", 0, "forged"],
    );
    assert.equal(lines[0]!.split('"level":').length, 2);
    assert.match(String(line!.time), /^20(?!00)/);
  });

  it("lets nothing command a terminal or begin a line on it", () => {
    const anything = fc.string({ unit: "binary", maxLength: 200 });
    const control = fc.constantFrom(
      "\n",
      "\r",
      "\u001b[2J",
      "\u009b31m",
      "\u202e",
      "\u2028",
      "\u0085",
      "\u007f",
      "\b",
    );
    const hostile = fc.array(fc.oneof(anything, control), { maxLength: 20 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(hostile, hostile, (text, key) => {
        const error = Object.assign(new Error(text), {
          name: key,
          code: text,
          stack: `${text}\n    at ${text}`,
        });
        for (const pretty of [false, true]) {
          const { log, lines } = collectedLog({ pretty });
          log.child({ module: text }).info({ [key]: text, nested: { [key]: [text] } }, text);
          log.error({ err: error, trace: key }, key);
          for (const line of lines) {
            // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
            assert.doesNotMatch(line, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
            const [first, ...others] = line.trimEnd().split("\n");
            assert.match(
              first!,
              pretty ? /^\d\d:\d\d:\d\d\.\d{3} (INFO|ERROR)( |$)/ : /^\{"level":"(info|error)",/,
            );
            if (!pretty) assert.equal(others.length, 0);
            for (const other of others) assert.match(other, /^ {4}/);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
