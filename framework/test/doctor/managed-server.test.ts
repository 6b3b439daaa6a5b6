import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import { CHECK_IDS, examine, type Finding } from "../../src/doctor/index.ts";
import { prepareDatabase } from "../../src/postgres/index.ts";
import { scratchDatabase } from "../postgres/scratch.ts";
import { healthy } from "./clinic.ts";

// As on a managed PostgreSQL, where nobody gets to be superuser.
const { app, adminUrl, superuserUrl, model, sql } = await scratchDatabase("owner");
const { modules } = model({
  ashlar: {},
  catalog: {
    files: {
      "0001_create_products.sql":
        "create table products (id bigint generated always as identity primary key);",
    },
  },
});
await prepareDatabase({ adminUrl, model: { app, modules } });

/** The test server is no server for production, and other tests keep it busy. */
const OF_THE_SERVER = ["durability", "wal-level", "io-timing", "long-transactions", "transaction-ids"];
const OF_THE_APP = CHECK_IDS.filter((id) => !OF_THE_SERVER.includes(id));

async function examineAs(url: string, only = OF_THE_APP): Promise<Finding[]> {
  return await examine({
    machine: healthy,
    database: { url },
    code: { modules: modules.filter(({ name }) => name !== "ashlar") },
    only,
  });
}

test("the owner of the database is told that the catalogue is open, and of nothing else", async () => {
  const findings = await examineAs(adminUrl);
  assert.deepEqual(
    findings.filter(({ severity }) => severity !== "ok").map(({ check, severity }) => [check, severity]),
    [["hardening", "warning"]],
  );
  const [walls] = findings.filter(({ check }) => check === "walls");
  assert.match(walls!.evidence[0]!, /escapes tried with the login \w+, none got through/);
});

test("the owner sees how far the sequences of the modules are", async () => {
  await sql("select setval('catalog.products_id_seq', 9200000000000000000)");
  const findings = await examineAs(adminUrl);
  await sql("select setval('catalog.products_id_seq', 1)");
  const [sequences] = findings.filter(({ check }) => check === "sequences");
  assert.equal(sequences!.severity, "error");
});

test("the owner is told that he does not see what others are doing", async () => {
  const other = new pg.Client(superuserUrl);
  await other.connect();
  const findings = await examineAs(adminUrl, ["long-transactions"]);
  await other.end();
  assert.deepEqual(
    findings.map(({ severity, title }) => [severity, title]),
    [["note", "Not all sessions can be looked into"]],
  );
  assert.match(findings[0]!.remedy!, /grant pg_read_all_stats to "\w+_admin";/);
});

test("a guest without rights learns what he may see, and of the rest that he may not", async () => {
  await sql(`create role ${app}_guest login password 'not-to-be-told'`);
  await sql(`grant connect on database ${app} to ${app}_guest`);
  const url = new URL(adminUrl);
  url.username = `${app}_guest`;
  url.password = "not-to-be-told";
  const findings = await examineAs(url.href);
  await sql(`revoke connect on database ${app} from ${app}_guest`);
  await sql(`drop role ${app}_guest`);
  const hidden = findings.filter(({ title }) => title.startsWith("Could not look"));
  assert.deepEqual(hidden.map(({ check, severity }) => [check, severity]).sort(), [
    ["migrations", "note"],
    ["pool-budget", "note"],
  ]);
  assert.doesNotMatch(JSON.stringify(findings), /not-to-be-told/);
});
