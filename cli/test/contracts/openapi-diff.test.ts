import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { stringify } from "yaml";
import { ashlar } from "../cli-scene.ts";
import { apiDifference, apiOf, apiWith, json, summary } from "./contract-scene.ts";

const directory = mkdtempSync(join(tmpdir(), "ashlar-openapi-"));
after(() => rmSync(directory, { recursive: true }));

function file(name: string, content: unknown): string {
  writeFileSync(join(directory, name), typeof content === "string" ? content : JSON.stringify(content));
  return name;
}

const diff = (...words: string[]) => ashlar(["openapi", "diff", ...words], { cwd: directory });

const text = { type: "string" };
const narrow = apiOf("request", { type: "integer", maximum: 5 });
const wide = apiOf("request", { type: "integer" });

test("a file in JSON and one in YAML are compared, and what breaks clients ends with 1", async () => {
  const { code, stdout, stderr } = await diff(file("old.json", wide), file("new.yaml", stringify(narrow)));
  assert.equal(stderr, "");
  assert.equal(code, 1);
  assert.match(
    stdout,
    /^POST \/orders\/\{id\}\n {2}error {4}request body application\/json: the maximum changed/,
  );
  assert.match(stdout, /1 error, 0 warnings, 0 notes from old\.json to new\.yaml\.\n$/);
});

test("what breaks nobody ends with 0, and is told of with --all", async () => {
  const { code, stdout } = await diff(file("old.json", narrow), file("new.json", wide), "--all");
  assert.equal(code, 0);
  assert.match(stdout, /limit-loosened/);
});

test("--json holds every change with its rule", async () => {
  const { stdout } = await diff(file("old.json", wide), file("new.json", narrow), "--json");
  const { counts, changes } = JSON.parse(stdout) as {
    counts: unknown;
    changes: { id: string; rule: number }[];
  };
  assert.deepEqual(counts, { errors: 1, warnings: 0, notes: 0, compatible: 0 });
  assert.deepEqual(
    changes.map(({ id, rule }) => [id, rule]),
    [["limit-tightened", 27]],
  );
});

const BAD: readonly (readonly [string, unknown, RegExp])[] = [
  ["is not JSON", '{"openapi": "3.1.0",\n "paths": {,}}', /bad\.json is no JSON: .*line 2 column 12/],
  ["is no object", "[]", /bad\.json holds no OpenAPI document: it is no object/],
  ["is something else", { name: "package" }, /bad\.json holds no OpenAPI document: it has no "openapi"/],
  ["is Swagger", { swagger: "2.0" }, /bad\.json is Swagger 2\.0\. Convert it to OpenAPI 3 first/],
  ["is OpenAPI 4", { openapi: "4.0.0" }, /bad\.json is OpenAPI 4\.0\.0; only 3\.0 and 3\.1 can be compared/],
  ["has no object for paths", { openapi: "3.1.0", paths: [] }, /bad\.json at \/paths: should be an object/],
  [
    "refers to nothing",
    apiOf("request", { $ref: "#/components/schemas/Order" }),
    /at \/paths\/~1orders~1\{id\}\/post\/requestBody\/content\/application~1json\/schema: #\/components\/schemas\/Order leads to nothing/,
  ],
  [
    "refers to another file",
    apiOf("request", { $ref: "other.yaml#/Order" }),
    /other\.yaml#\/Order leads out of the document; bundle the files into one first/,
  ],
  [
    "refers in a circle",
    apiWith({}, { document: { components: { schemas: { A: { $ref: "#/components/schemas/A" } } } } }),
    /#\/components\/schemas\/A refers to itself and to nothing else/,
  ],
];

for (const [name, content, message] of BAD) {
  test(`a file that ${name} is refused with its place`, async () => {
    const { code, stderr } = await diff(file("bad.json", content), file("new.json", wide));
    assert.equal(code, 1);
    assert.match(stderr, message);
  });
}

test("a file that is not there, and YAML that is none, are refused", async () => {
  assert.match((await diff("none.json", file("new.json", wide))).stderr, /There is no file none\.json/);
  const broken = await diff(file("bad.yaml", "openapi: 3.1.0\npaths:\n  - [a: b\n"), "new.json");
  assert.match(broken.stderr, /bad\.yaml:\d+:\d+ is no YAML/);
});

const tree = (leaf: object) => ({
  components: {
    schemas: {
      Tree: {
        type: "object",
        properties: {
          value: leaf,
          children: { type: "array", items: { $ref: "#/components/schemas/Tree" } },
        },
      },
    },
  },
});

test("a shared schema that contains itself is compared once, and names who uses it", () => {
  const answer = {
    responses: { 200: { description: "OK", content: json({ $ref: "#/components/schemas/Tree" }) } },
  };
  const changes = apiDifference(
    apiWith(answer, { document: tree(text) }),
    apiWith(answer, { document: tree({ type: ["string", "null"] }) }),
  );
  assert.deepEqual(summary(changes), ["error null-added /value"]);
  assert.equal(changes[0]!.where, "components/schemas/Tree");
  assert.deepEqual(changes[0]!.usedBy, ["POST /orders/{id}"]);
});

test("unions and allOf that contain themselves come to an end", () => {
  const knot = (leaf: object) => ({
    components: {
      schemas: {
        Union: { anyOf: [{ $ref: "#/components/schemas/Union" }, leaf] },
        All: { allOf: [{ $ref: "#/components/schemas/All" }, { $ref: "#/components/schemas/Union" }] },
      },
    },
  });
  const body = { requestBody: { content: json({ oneOf: [{ $ref: "#/components/schemas/All" }, text] }) } };
  const changes = apiDifference(
    apiWith(body, { document: knot({ type: "integer" }) }),
    apiWith(body, { document: knot({ type: "integer", maximum: 5 }) }),
  );
  assert.notDeepEqual(summary(changes), []);
});

test("a schema that was moved behind a reference, or out of allOf, is the same", () => {
  const document = { components: { schemas: { Name: text } } };
  const inline = apiOf("response", { type: "object", properties: { name: text }, required: ["name"] });
  const composed = apiWith(
    {
      responses: {
        200: {
          description: "OK",
          content: json({
            allOf: [
              { type: "object", properties: { name: { $ref: "#/components/schemas/Name" } } },
              { required: ["name"] },
            ],
          }),
        },
      },
    },
    { document },
  );
  assert.deepEqual(apiDifference(inline, composed), []);
  assert.deepEqual(apiDifference(composed, inline), []);
});

test("nullable and exclusive bounds of 3.0 mean what 3.1 writes otherwise", () => {
  const old = apiOf(
    "response",
    { type: "number", minimum: 0, exclusiveMinimum: true, nullable: true },
    "3.0.3",
  );
  const new_ = apiOf("response", { type: ["number", "null"], exclusiveMinimum: 0 });
  assert.deepEqual(apiDifference(old, new_), []);
});

test("what is read only is no part of a request, and a webhook's request is ours", () => {
  const body = (schema: object) => ({ requestBody: { content: json({ type: "object", ...schema }) } });
  const old = body({ properties: { name: text } });
  const new_ = body({ properties: { name: text, id: { ...text, readOnly: true } }, required: ["id"] });
  assert.deepEqual(summary(apiDifference(apiWith(old), apiWith(new_))), []);
  const webhook = (schema: object) =>
    apiWith({}, { document: { webhooks: { paid: { post: { ...body(schema), responses: {} } } } } });
  assert.deepEqual(
    summary(
      apiDifference(
        webhook({ properties: { a: text }, required: ["a"] }),
        webhook({ properties: { a: text } }),
      ),
    ),
    ["error became-optional /a"],
  );
});

test("branches that may both match make a change of one untellable", () => {
  const oneOf = (first: object) => apiOf("request", { oneOf: [first, { type: "integer", minimum: 10 }] });
  assert.deepEqual(
    summary(apiDifference(oneOf({ type: "integer", maximum: 5 }), oneOf({ type: "integer", maximum: 20 }))),
    ["warning cannot-tell"],
  );
});
