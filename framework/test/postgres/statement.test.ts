import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { statement } from "../../src/postgres/index.ts";
import { StatementRegistry } from "../../src/postgres/statement-registry.ts";
import { encodeValues } from "../../src/postgres/value-types.ts";

test("values become numbered parameters", () => {
  const { text, values } = statement`select ${1} from t where a = ${"x"} and b = ${null}`;
  assert.equal(text, "select $1 from t where a = $2 and b = $3");
  assert.deepEqual(values, [1, "x", null]);
});

test("a statement inside a statement is a fragment whose parameters are renumbered", () => {
  const range = statement`price between ${10} and ${20}`;
  const filter = statement`where brand = ${"acme"} and (${range})`;
  const { text, values } = statement`select ${"sku"} from p ${filter} limit ${5}`;
  assert.equal(text, "select $1 from p where brand = $2 and (price between $3 and $4) limit $5");
  assert.deepEqual(values, ["sku", "acme", 10, 20, 5]);
});

test("an empty fragment leaves no trace", () => {
  const { text, values } = statement`select 1 ${statement``}where a = ${1}`;
  assert.equal(text, "select 1 where a = $1");
  assert.deepEqual(values, [1]);
});

test("an object that merely looks like a statement stays a value", () => {
  const json = { text: "drop table t", values: [] };
  const { text, values } = statement`insert into t values (${json})`;
  assert.equal(text, "insert into t values ($1)");
  assert.deepEqual(values, [json]);
});

test("a template keeps one text object for all its uses", () => {
  const find = (id: number) => statement`select * from t where id = ${id}`;
  assert.equal(find(1).text, find(2).text);
  assert.deepEqual(find(2).values, [2]);
});

test("parameters and values agree however fragments nest", () => {
  const part = fc.letrec((tie) => ({
    part: fc.oneof({ maxDepth: 4 }, fc.integer(), fc.array(tie("part"), { maxLength: 4 })),
  })).part;
  fc.assert(
    fc.property(part, (tree) => {
      const expected: number[] = [];
      const build = (node: unknown): unknown => {
        if (!Array.isArray(node)) {
          expected.push(node as number);
          return node;
        }
        const strings = Array.from({ length: node.length + 1 }, () => "|");
        return statement(strings as unknown as TemplateStringsArray, ...node.map(build));
      };
      const { text, values } = statement`${build([tree])}`;
      assert.deepEqual(values, expected);
      const numbers = [...text.matchAll(/\$(\d+)/g)].map((match) => Number(match[1]));
      assert.deepEqual(
        numbers,
        expected.map((_, index) => index + 1),
      );
    }),
  );
});

test("a text gets its name with its second use and keeps it", () => {
  const registry = new StatementRegistry({ strict: false });
  assert.equal(registry.admit("select 1").name, undefined);
  const { name } = registry.admit("select 1");
  assert.ok(name);
  assert.equal(registry.admit("select 1").name, name);
  assert.notEqual(registry.admit("select 2").name, name);
});

test("texts without end get no names without end", () => {
  const registry = new StatementRegistry({ strict: false });
  for (let index = 0; index < 5_000; index++) {
    registry.admit(`select ${index}`);
    registry.admit(`select ${index}`);
  }
  assert.equal(registry.namedCount, 2_000);
  assert.equal(registry.admit("select 4999").name, undefined);
  assert.ok(registry.admit("select 0").name);
});

test("values that cannot be stored are named by position before anything is sent", () => {
  const refused: [unknown, RegExp][] = [
    ["a\0b", /\$2 is text with a NUL/],
    ["half \ud800", /\$2 is text with a NUL character or half a surrogate pair/],
    [["ok", "a\0b"], /\$2 is text with a NUL/],
    [new Date(Number.NaN), /\$2 is an invalid Date/],
    [() => 1, /\$2 is a function/],
    [Symbol("s"), /\$2 is a symbol/],
  ];
  for (const [value, message] of refused) {
    assert.throws(() => encodeValues(["fine", value]), { code: "ASHLAR_VALUE_NOT_STORABLE", message });
  }
  assert.throws(() => encodeValues(Array.from({ length: 70_000 }, () => 1)), {
    code: "ASHLAR_STATEMENT_REFUSED",
  });
});

test("values are encoded the way PostgreSQL reads them", () => {
  assert.deepEqual(encodeValues([undefined, null, 1.5, 10n, true, { a: 1 }, [1, null, 'q"\\'], [[1], [2]]]), [
    null,
    null,
    "1.5",
    "10",
    "true",
    '{"a":1}',
    '{"1",NULL,"q\\"\\\\"}',
    '{{"1"},{"2"}}',
  ]);
  assert.deepEqual(
    encodeValues([new Date("2026-11-21T01:02:03.456Z"), new Date("-000001-01-01T00:00:00Z")]),
    ["2026-11-21T01:02:03.456Z", "0002-01-01T00:00:00.000Z BC"],
  );
});
