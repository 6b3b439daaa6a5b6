import assert from "node:assert/strict";
import { after, test } from "node:test";
import { testServerUrl } from "ashlar/testing";
import pg from "pg";
import { appRequest, moduleNameFault, projectNameFault } from "../../src/scaffold/app/app-request.ts";
import { SQL_WORDS } from "../../src/scaffold/app/reserved-words.ts";

test("the last part of a path is the project's name", () => {
  assert.deepEqual(appRequest({ target: "work/my-shop", module: "orders" }, "/home/me"), {
    directory: "/home/me/work/my-shop",
    name: "my-shop",
    module: "orders",
    thing: "order",
  });
  assert.equal(appRequest({ target: ".", module: "orders" }, "/home/me/my-shop").name, "my-shop");
});

for (const [name, why] of [
  ["My-Shop", /lower-case/],
  ["my_shop", /lower-case/],
  ["1shop", /lower-case/],
  ["-shop", /lower-case/],
  ["my--shop", /lower-case/],
  ["", /lower-case/],
  ["a-shop-with-a-long-name", /at most 20/],
  ["ashlar", /the framework's packages/],
  ["pg-shop", /Postgres keeps/],
] as const) {
  test(`a project is not called ${JSON.stringify(name)}`, () => {
    assert.match(projectNameFault(name) ?? "", why);
  });
}

for (const [name, why] of [
  ["Orders", /lower-case/],
  ["order", /in code or in SQL/],
  ["user", /in code or in SQL/],
  ["class", /in code or in SQL/],
  ["contract", /in code or in SQL/],
  ["events", /cannot be about event/],
  ["host", /composes the modules/],
  ["ashlar", /the framework/],
  ["public", /Postgres keeps/],
  ["pg-stats", /Postgres keeps/],
  ["a-module-of-more-than-thirty-characters", /at most 30/],
] as const) {
  test(`a module is not called ${name}`, () => {
    assert.match(moduleNameFault(name) ?? "", why);
  });
}

test("a module whose name says too little of its thing is told of it", () => {
  assert.equal(moduleNameFault("events", "concert"), undefined);
  assert.match(moduleNameFault("events", "The Concert") ?? "", /no name for a thing/);
});

test("all faults of a call are told together", () => {
  assert.throws(() => appRequest({ target: "My", module: "Mine" }, "/"), {
    code: "ASHLAR_CLI_USAGE",
    message: /project cannot be called "My"[^\n]*\nA module cannot be called "Mine"/,
  });
});

test("the words that SQL keeps are those of the server", async () => {
  const client = new pg.Client(await testServerUrl());
  await client.connect();
  after(() => client.end());
  const { rows } = await client.query<{ word: string }>(
    "select word from pg_get_keywords() where catcode in ('R', 'T')",
  );
  assert.deepEqual([...SQL_WORDS].sort(), rows.map(({ word }) => word).sort());
});
