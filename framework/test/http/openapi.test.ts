import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { closed, command, contract, query, Type } from "../../src/contract/index.ts";
import { openApi, problemCatalogue } from "../../src/http/index.ts";
import { anyone, createApp, define, defineModule, signedIn } from "../../src/module/index.ts";
import { Doings, sampleModule, startSample } from "./sample-app.ts";

const app = createApp({
  name: "sample_app",
  modules: [sampleModule(new Doings(), { bytes: 0, chunks: 0 })],
  authenticate: async () => null,
});
const document = openApi(app, { title: "Sample", version: "1.2.3", description: "For tests." });
// biome-ignore lint/suspicious/noExplicitAny: a document is looked into at any depth
const paths = document.paths as any;

test("the document is valid OpenAPI 3.1", async () => {
  const result = await new Validator().validate(JSON.parse(JSON.stringify(document)));
  assert.deepEqual(result.errors ?? [], []);
  assert.equal(result.valid, true);
});

test("it holds nothing but JSON, and none of the marks of its makers", () => {
  const text = JSON.stringify(document);
  assert.deepEqual(JSON.parse(text), document);
  assert.doesNotMatch(text, /"~/);
});

test("an operation is described with its id, parameters, body and answers", () => {
  const put = paths["/v1/things/{id}"].put;
  assert.equal(put.operationId, "sample.putThing.2");
  assert.deepEqual(put.tags, ["sample"]);
  assert.deepEqual(put.security, [{ bearer: [] }]);
  assert.deepEqual(put.parameters, [{ name: "id", in: "path", required: true, schema: { type: "string" } }]);
  assert.equal(put.requestBody.required, true);
  assert.deepEqual(Object.keys(put.requestBody.content), ["application/json"]);
  assert.deepEqual(Object.keys(put.responses).sort(), [
    "200",
    "400",
    "401",
    "403",
    "409",
    "413",
    "415",
    "422",
    "default",
  ]);
  const get = paths["/v1/things/{id}"].get;
  assert.deepEqual(get.security, []);
  assert.deepEqual(
    get.parameters.map((parameter: { name: string; required: boolean }) => [
      parameter.name,
      parameter.required,
    ]),
    [
      ["id", true],
      ["verbose", false],
      ["limit", false],
      ["tag", false],
      ["q", false],
    ],
  );
});

test("a declared error is described with its code and its data", () => {
  const { schema } = paths["/v1/things"].post.responses[409].content["application/problem+json"];
  const codes = schema.oneOf.map((one: { allOf: object[] }) => one.allOf[1]);
  assert.deepEqual(codes, [
    { type: "object", properties: { code: { const: "IDEMPOTENCY_KEY_IN_USE" } } },
    {
      type: "object",
      required: ["data"],
      properties: {
        code: { const: "SAMPLE_TAKEN" },
        data: {
          type: "object",
          required: ["by"],
          properties: { by: { type: "string" } },
          additionalProperties: false,
        },
      },
    },
  ]);
});

test("a status that is documented names every code that the route answers with it", () => {
  const codes = (path: string, method: string, status: number) =>
    paths[path][method].responses[status]?.description
      .split("\n")
      .map((line: string) => line.slice(0, line.indexOf(":")));
  assert.deepEqual(codes("/v1/things/{id}", "delete", 400), [
    "REQUEST_INVALID",
    "TEXT_INVALID",
    "JSON_MALFORMED",
    "JSON_TOO_COMPLEX",
    "IDEMPOTENCY_KEY_MISSING",
    "IDEMPOTENCY_KEY_INVALID",
  ]);
  assert.deepEqual(codes("/v1/things/{id}", "get", 400), ["REQUEST_INVALID", "TEXT_INVALID"]);
  assert.deepEqual(codes("/v1/me", "get", 400), undefined);
  assert.deepEqual(codes("/v1/me", "get", 403), ["FORBIDDEN"], "an API key without a scope of the route");
});

test("the Idempotency-Key is described where it is honoured, and as required where it is", () => {
  const key = (operation: { parameters?: { name: string; required: boolean }[] }) =>
    operation.parameters?.find(({ name }) => name === "Idempotency-Key")?.required;
  assert.equal(key(paths["/v1/things"].post), false);
  assert.equal(key(paths["/v1/things/{id}"].delete), true);
  assert.equal(key(paths["/v1/things/{id}"].put), undefined);
  assert.equal(key(paths["/v1/me"].get), undefined);
});

test("an upload is described by the types that it takes, an answer without a body has none", () => {
  const upload = paths["/v1/things/import"].post;
  assert.equal(upload.operationId, "sample.post.v1.things.import");
  assert.deepEqual(Object.keys(upload.requestBody.content), ["text/csv", "application/x-ndjson"]);
  assert.equal(paths["/v1/things/{id}"].delete.responses[204].content, undefined);
});

test("every schema of TypeBox comes out as JSON Schema 2020-12", async () => {
  const zoo = contract("zoo", {
    look: query({
      input: closed({}),
      output: closed({
        pair: Type.Tuple([Type.String(), Type.Integer()]),
        kind: Type.Enum(["a", "b"]),
        either: Type.Union([Type.Literal(1), Type.Null()]),
        all: Type.Intersect([Type.Object({ a: Type.String() }), Type.Object({ b: Type.String() })]),
        map: Type.Record(Type.String(), Type.Integer()),
        items: Type.Optional(Type.Array(closed({ "~odd": Type.String() }))),
      }),
    }),
    feed: command({ transaction: "own", input: closed({}), output: closed({}) }),
  });
  const definition = define(zoo);
  const { handle, route } = definition;
  const document = openApi(
    createApp({
      name: "zoo",
      authenticate: async () => null,
      modules: [
        defineModule(definition, {
          handlers: [
            handle(zoo.look, async () => Promise.reject(new Error("unused"))),
            handle(zoo.feed, async () => ({})),
          ],
          routes: [
            route(zoo.look, {
              method: "GET",
              path: "/zoo",
              auth: anyone,
              summary: "Looks.",
              input: () => ({}),
            }),
            route(zoo.feed, {
              method: "POST",
              path: "/zoo",
              auth: signedIn(),
              summary: "Feeds.",
              input: () => ({}),
            }),
          ],
        }),
      ],
    }),
  );
  assert.equal((await new Validator().validate(JSON.parse(JSON.stringify(document)))).valid, true);
  // biome-ignore lint/suspicious/noExplicitAny: a document is looked into at any depth
  const responses = document.paths["/zoo"]!.get!.responses as any;
  assert.deepEqual(responses[200].content["application/json"].schema.properties.pair, {
    type: "array",
    minItems: 2,
    prefixItems: [{ type: "string" }, { type: "integer" }],
    items: false,
  });
});

test("a running edge gives its document to anyone, as validated", async () => {
  const sample = await startSample({ api: { title: "Served", version: "9" } });
  const answer = await fetch(`${sample.url}/openapi.json`);
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), openApi(sample.app, { title: "Served", version: "9" }));
  await sample.stop();
});

test("the catalogue holds stable codes with a status of refusal and a sentence", () => {
  for (const [code, { status, title }] of Object.entries(problemCatalogue)) {
    assert.match(code, /^[A-Z]+(?:_[A-Z]+)*$/);
    assert.ok(status >= 400 && status < 600);
    assert.match(title, /\.$/);
  }
});
