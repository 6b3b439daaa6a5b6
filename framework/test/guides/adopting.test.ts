// The database's part of docs/guides/adopting.md: tables of an old application become those of a module.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import pg from "pg";
import { prepareDatabase } from "../../src/postgres/index.ts";
import { testServerUrl } from "../../src/testing/index.ts";

const here = join(import.meta.dirname, "adopting");
const suffix = randomBytes(4).toString("hex");
const app = `adopting_${suffix}`;
const legacy = `legacy_${suffix}`;
const read = (file: string) =>
  readFileSync(join(here, file), "utf8")
    .replaceAll("app_billing", `${app}_billing`)
    .replaceAll("database shop", `database ${app}`)
    .replaceAll("legacy", legacy);

const server = new pg.Client(await testServerUrl());
await server.connect();
await server.query(`create database ${app}`);
const url = new URL(await testServerUrl());
url.pathname = `/${app}`;
const admin = new pg.Client(url.href);
await admin.connect();
after(async () => {
  await admin.end();
  await server.query(`drop database ${app} with (force)`);
  await server.query(`drop role ${legacy}`);
  const { rows } = await server.query<{ name: string }>(
    "select rolname as name from pg_roles where starts_with(rolname, $1)",
    [app],
  );
  await server.query(`drop role ${rows.map(({ name }) => name).join(", ")}`);
  await server.end();
});

const model = (migrations: string) => ({
  app,
  modules: [{ name: "billing", migrations, publishes: [], reads: [] }],
});

/** As the old application sees the database. */
async function asLegacy(sql: string): Promise<unknown[]> {
  const address = new URL(url);
  address.username = legacy;
  address.password = legacy;
  const client = new pg.Client(address.href);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test("a module grows beside the tables of an old application and takes one over", async () => {
  await admin.query(read("legacy.sql"));
  await admin.query(read("admit.sql"));
  await prepareDatabase({ adminUrl: url.href, model: model(""), loginPassword: "adopting" });
  assert.deepEqual(await asLegacy("select cents from public.invoices"), [{ cents: "700" }]);

  await admin.query(read("move.sql"));
  await prepareDatabase({
    adminUrl: url.href,
    model: model(join(here, "migrations")),
    loginPassword: "adopting",
  });
  const { rows } = await admin.query("select customer_id, cents from billing.invoices");
  assert.deepEqual(rows, [{ customer_id: "1", cents: "700" }]);
  await assert.rejects(asLegacy("select cents from billing.invoices"), { code: "42501" });
  assert.deepEqual(await asLegacy("select email from public.customers"), [{ email: "ada@example.org" }]);
});
