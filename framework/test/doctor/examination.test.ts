import assert from "node:assert/strict";
import { test } from "node:test";
import { openSession, readOnly } from "../../src/doctor/database.ts";
import { openClinic } from "./clinic.ts";

const clinic = await openClinic();

/** Everything that could have been written, but for what the server counts by itself. */
async function fingerprint(): Promise<unknown> {
  const [row] = await clinic.sql(`
    select (select md5(string_agg(r::text, '' order by oid)) from pg_roles r) as roles,
      (select md5(string_agg(m::text, '' order by m::text)) from pg_auth_members m) as members,
      (select md5(string_agg(concat(c.oid, relname, relacl, reloptions, relfilenode), '' order by c.oid)) from pg_class c) as relations,
      (select md5(string_agg(p.oid || coalesce(proacl::text, ''), '' order by p.oid)) from pg_proc p) as functions,
      (select md5(string_agg(s::text, '' order by s::text)) from pg_db_role_setting s) as settings,
      (select count(*) from pg_namespace) as schemas, (select count(*) from pg_largeobject_metadata) as objects,
      (select md5(string_agg(m::text, '')) from ordering._migrations m) as migrations,
      (select n_tup_ins + n_tup_upd + n_tup_del from pg_stat_database d,
        lateral (select sum(n_tup_ins) as n_tup_ins, sum(n_tup_upd) as n_tup_upd, sum(n_tup_del) as n_tup_del
          from pg_stat_user_tables) t where datname = current_database()) as rows`);
  return row;
}

test("an examination changes nothing in the database", async () => {
  const before = await fingerprint();
  await clinic.examine();
  assert.deepEqual(await fingerprint(), before);
});

test("what a check reads with could not write if it tried", async () => {
  const client = await openSession(clinic.url);
  try {
    await assert.rejects(
      readOnly(client, () => client.query("insert into catalog.products values ('sku')")),
      { code: "25006" },
    );
    // The failed transaction is over, and the next check has one of its own.
    const { rows } = await readOnly(client, () => client.query("select count(*)::int from catalog.products"));
    assert.deepEqual(rows, [{ count: 0 }]);
  } finally {
    await client.end();
  }
});

test("a check that cannot look says why, and the others are made", async () => {
  const session = await clinic.session();
  await session.query("begin; lock table ordering._migrations in access exclusive mode");
  try {
    const findings = await clinic.examine();
    const told = findings.filter(({ title }) => title.startsWith("Could not look"));
    assert.deepEqual(
      told.map(({ check, severity, evidence }) => [check, severity, evidence]),
      ["walls", "migrations"].map((check) => [
        check,
        "warning",
        ["canceling statement due to lock timeout (55P03)"],
      ]),
    );
    assert.ok(findings.some(({ check, severity }) => check === "pool-budget" && severity === "ok"));
  } finally {
    await session.query("rollback");
  }
});

test("what an administrator has set for himself is not taken for the app's", async () => {
  await clinic.sql("alter role current_user set idle_session_timeout = '5min'");
  try {
    const findings = await clinic.examine({ only: ["session-defaults"] });
    assert.deepEqual(
      findings.map(({ severity }) => severity),
      ["ok"],
    );
  } finally {
    await clinic.sql("alter role current_user reset idle_session_timeout");
  }
});

test("a check of an app is not taken for made where there is no app", async () => {
  const findings = await clinic.examine({
    database: { url: clinic.url.replace(/[^/]+$/, "postgres") },
    only: ["layout"],
  });
  assert.deepEqual(
    findings.map(({ check, title }) => [check, title]),
    [["modules", "There is no app of Ashlar in database postgres"]],
  );
});

test("worst come first", async () => {
  const findings = await clinic.examine({
    deployment: { instances: 500, requestTimeoutMs: 1 },
    code: { unknown: "" },
  });
  assert.deepEqual(
    findings.slice(0, 3).map(({ check, severity }) => [check, severity]),
    [
      ["pool-budget", "error"],
      ["time-outs", "warning"],
      ["node-version", "ok"],
    ],
  );
});

test("without the code, the app is what the database shows", async () => {
  const findings = await clinic.examine({ code: { unknown: "there is no project here" } });
  assert.deepEqual(
    findings.filter(({ severity }) => severity !== "ok"),
    [],
  );
  const [modules] = findings.filter(({ check }) => check === "modules");
  assert.deepEqual(modules!.evidence.slice(0, 2), [
    "in the database: catalog, ordering",
    "there is no project here",
  ]);
});
