import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { closed, Type } from "../../src/contract/index.ts";
import { allowList } from "../../src/http/allow-list.ts";
import { canonicalJson } from "../../src/http/idempotency-key.ts";
import { refuseComplexJson } from "../../src/http/json-body.ts";
import { Refusal } from "../../src/http/problem.ts";
import { RouteTable } from "../../src/http/route-table.ts";
import { urlPart } from "../../src/http/url-part.ts";
import { SchemaError } from "../../src/module/index.ts";

describe("the limits of JSON", () => {
  const depthOf = (value: unknown): number =>
    typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
  const isTaken = (text: string, maxJsonDepth: number, maxJsonValues = 1_000_000) => {
    try {
      refuseComplexJson(Buffer.from(text), { maxJsonDepth, maxJsonValues });
      return true;
    } catch (error) {
      assert.ok(error instanceof Refusal);
      return false;
    }
  };

  test("take a text exactly when its value is nested no deeper than allowed", () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 8, depthSize: "max" }),
        fc.integer({ min: 0, max: 8 }),
        (value, limit) => {
          assert.equal(isTaken(JSON.stringify(value), limit), depthOf(value) <= limit);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("are found in time linear in the text, whatever it is", () => {
    const hostile = [`"${"\\".repeat(4_000_000)}`, '"'.repeat(4_000_000), "[]".repeat(2_000_000)];
    for (const text of hostile) {
      const started = performance.now();
      isTaken(text, 32);
      assert.ok(performance.now() - started < 1_000);
    }
  });

  test("count the values of all levels together", () => {
    assert.equal(isTaken(JSON.stringify({ a: [1, 2], b: [3, 4] }), 9, 8), true);
    assert.equal(isTaken(JSON.stringify(Array(100).fill([1, 2])), 9, 150), false);
  });
});

describe("the canonical form of a request", () => {
  test("is the same for every order of members, and differs for every other value", () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, member]) => [key, shuffled(member)]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const plain = JSON.parse(JSON.stringify(one));
        assert.equal(canonicalJson(shuffled(plain)), canonicalJson(plain));
        assert.deepEqual(JSON.parse(canonicalJson(plain)), plain);
        const isSame = canonicalJson(one) === canonicalJson(other);
        assert.equal(isSame, JSON.stringify(sorted(one)) === JSON.stringify(sorted(other)));
      }),
      { numRuns: 300 },
    );
  });

  function sorted(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== "object" || value === null) return value;
    // Pairs, since an object would order keys that look like numbers by itself.
    return {
      pairs: Object.entries(value)
        .map(([key, member]) => [key, sorted(member)])
        .sort(),
    };
  }
});

describe("a part of the URL", () => {
  const read = urlPart(
    closed({
      count: Type.Optional(Type.Integer()),
      ratio: Type.Optional(Type.Number()),
      flag: Type.Optional(Type.Boolean()),
      either: Type.Optional(Type.Union([Type.Integer(), Type.Literal("all")])),
      size: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(2)])),
      sku: Type.Optional(Type.String()),
      ids: Type.Optional(Type.Array(Type.Integer())),
      page: Type.Integer({ default: 1 }),
    }),
    "query",
  );

  for (const [raw, value] of [
    [{ count: "-5" }, { count: -5 }],
    [{ ratio: "1.5e3" }, { ratio: 1500 }],
    [{ flag: "true" }, { flag: true }],
    [{ flag: "false" }, { flag: false }],
    [{ sku: "0012" }, { sku: "0012" }],
    [{ sku: "true" }, { sku: "true" }],
    [{ size: "2" }, { size: 2 }],
    [{ either: "5" }, { either: 5 }],
    [{ either: "all" }, { either: "all" }],
    [{ ids: "7" }, { ids: [7] }],
    [{ ids: ["7", "8"] }, { ids: [7, 8] }],
    [{ page: "3" }, { page: 3 }],
  ] as const) {
    test(`${JSON.stringify(raw)} is read as ${JSON.stringify(value)}`, () => {
      assert.deepEqual(read(raw), { page: 1, ...value });
    });
  }

  for (const raw of [
    { count: "" },
    { count: " 1" },
    { count: "1_000" },
    { count: "١" },
    { count: "+1" },
    { count: "1e999" },
    { ratio: "Infinity" },
    { ratio: ".5" },
    { flag: "yes" },
    { size: "3" },
    { ids: ["7", "x"] },
    { hasOwnProperty: "1" },
  ]) {
    test(`${JSON.stringify(raw)} is refused`, () => {
      assert.throws(() => read(raw as never), Refusal);
    });
  }
});

describe("the allow-list of an answer", () => {
  const list = (schema: Parameters<typeof allowList>[0]) => allowList(schema, "a.b", "output");

  test("leaves a value as it is when it holds nothing else", () => {
    const value = { a: { b: "x" } };
    assert.equal(list(closed({ a: closed({ b: Type.String() }) }))(value), value);
  });

  test("cuts off what is not listed, at any depth, and leaves the value itself alone", () => {
    const schema = closed({ rows: Type.Array(Type.Union([closed({ a: Type.Integer() }), Type.Null()])) });
    const value = { rows: [{ a: 1, b: 2 }, null], more: true };
    assert.deepEqual(list(schema)(value), { rows: [{ a: 1 }, null] });
    assert.deepEqual(value, { rows: [{ a: 1, b: 2 }, null], more: true });
  });

  test("closes objects that were left open, also those with odd names, but not records", () => {
    const schema = Type.Object({
      type: Type.Object({ const: Type.String() }),
      map: Type.Record(Type.String(), Type.Object({ x: Type.Integer() })),
    });
    const value = { type: { const: "a", y: 1 }, map: { any: { x: 1, y: 1 } }, z: 1 };
    assert.deepEqual(list(schema)(value), { type: { const: "a" }, map: { any: { x: 1 } } });
  });

  test("keeps the properties of every part of an intersection", () => {
    const schema = Type.Intersect([Type.Object({ a: Type.String() }), Type.Object({ b: Type.String() })]);
    assert.deepEqual(list(schema)({ a: "1", b: "2" }), { a: "1", b: "2" });
  });

  test("refuses what lacks something", () => {
    assert.throws(() => list(closed({ a: Type.String() }))({ b: 1 }), SchemaError);
  });
});

test("the methods of a path are those of all routes that match it", () => {
  const table = new RouteTable([
    { method: "GET", path: "/things/{id}" },
    { method: "POST", path: "/things/import" },
    { method: "DELETE", path: "/things/{id}" },
  ]);
  assert.deepEqual(table.methodsAt("/things/import?x=/"), ["DELETE", "GET", "HEAD", "POST"]);
  assert.deepEqual(table.methodsAt("/things/a"), ["DELETE", "GET", "HEAD"]);
  assert.deepEqual(table.methodsAt("/things/"), []);
  assert.deepEqual(table.methodsAt("/things"), []);
});
