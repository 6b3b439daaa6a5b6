import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import pg from "pg";
import { checkStatement } from "../../src/postgres/gate.ts";
import { type Cluster, startCluster } from "./cluster.ts";

const ALLOWED = ["select", "insert", "update", "delete", "merge", "with", "values"];
const FORBIDDEN = [
  "set role billing",
  "reset role",
  "set session authorization default",
  "begin",
  "commit",
  "rollback",
  "savepoint s",
  "do $$ begin end $$",
  "call p()",
  "execute s",
  "prepare s as select 1",
  "deallocate all",
  "discard all",
  "copy t to stdout",
  "create temp table t ()",
  "alter role shop superuser",
  "drop table t",
  "truncate t",
  "grant a to b",
  "lock table t",
  "listen c",
  "notify c",
  "explain select 1",
  "declare c cursor for select 1",
  "fetch c",
  "security label on table t is 'x'",
  "vacuum",
  "load 'x'",
];

test("data statements pass and say their kind", () => {
  for (const keyword of ALLOWED) {
    assert.equal(checkStatement(`${keyword} something`, false), keyword);
    assert.equal(checkStatement(`${keyword.toUpperCase()}\tsomething`, false), keyword);
  }
});

test("everything else is refused, saying what a module may send", () => {
  for (const text of [
    ...FORBIDDEN,
    "",
    "   ",
    "-- select 1",
    "/* select 1",
    ";select 1",
    "selectx",
    "select_1",
    "selecté",
  ]) {
    assert.throws(() => checkStatement(text, false), { code: "ASHLAR_STATEMENT_REFUSED" }, text);
  }
  assert.throws(() => checkStatement("set role billing", false), /may only send select, .*, not "set"/);
});

test("a text with a NUL character is refused: the server would read less than was checked", () => {
  assert.throws(() => checkStatement("select 1\0", false), { code: "ASHLAR_STATEMENT_REFUSED" });
});

test("comments end where PostgreSQL ends them", () => {
  const hidden = [
    "/* /* */ select */ set role billing",
    "-- select\rset role billing /*\nselect 1*/",
    "/**//* */--\n((set role billing",
    "\u00a0select 1",
    "\u2028select 1",
  ];
  for (const text of hidden)
    assert.throws(() => checkStatement(text, false), { code: "ASHLAR_STATEMENT_REFUSED" }, text);
  assert.equal(checkStatement("/* /* set */ */ -- reset\n ( (select 1))", false), "select");
});

const comment = fc.letrec<{ block: string }>((tie) => ({
  block: fc
    .array(
      fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom("select", "set role x", "'", "--", "\n", " * "),
        tie("block"),
      ),
      {
        maxLength: 3,
      },
    )
    .map((parts) => `/*${parts.join(" ")}*/`),
}));
const prefix = fc
  .array(
    fc.oneof(
      fc.constantFrom(" ", "\n", "\t", "\r", "\f", "\v", "("),
      comment.block,
      fc
        .constantFrom("--", "-- select", "--/*", "-- set")
        .chain((line) => fc.constantFrom(`${line}\n`, `${line}\r`)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

test("no prefix of comments, blanks and parentheses changes the verdict", () => {
  fc.assert(
    fc.property(
      prefix,
      fc.constantFrom(...ALLOWED),
      fc.constantFrom(...FORBIDDEN),
      (before, allowed, forbidden) => {
        assert.equal(checkStatement(`${before}${allowed} 1`, false), allowed);
        assert.throws(() => checkStatement(before + forbidden, false), { code: "ASHLAR_STATEMENT_REFUSED" });
      },
    ),
  );
});

test("the strict gate refuses every way to reach the session, the server's files or other databases", () => {
  const refused = [
    "select set_config('role', 'billing', true)",
    "select pg_catalog . /**/ SET_CONFIG ('role', 'billing', true)",
    "update pg_settings set setting = 'billing' where name = 'role'",
    "select query_to_xml('select 1', true, true, '')",
    "select cursor_to_xml('c', 1, true, true, '')",
    "select table_to_xmlschema('t', true, true, '')",
    "select schema_to_xml_and_xmlschema('s', true, true, '')",
    "select database_to_xml(true, true, '')",
    "select U&\"\\0073et_config\"('role', 'x', true)",
    "select * from dblink('x', 'y') as t(a int)",
    "select lo_import('/etc/passwd')",
    "select lo_get(1)",
    "select pg_read_file('x')",
    "select pg_read_binary_file('x')",
    "select pg_ls_dir('.')",
    "select pg_stat_file('x')",
    "select 'set_config'",
  ];
  for (const text of refused) {
    assert.equal(checkStatement(text, false), text.split(" ")[0]);
    assert.throws(
      () => checkStatement(text, true),
      { code: "ASHLAR_STATEMENT_REFUSED", message: /as a parameter/ },
      text,
    );
  }
  assert.equal(checkStatement("select blob_size, slo_target from t where setting = $1", true), "select");
});

let cluster: Cluster;
let session: pg.Client;

before(async () => {
  cluster = await startCluster();
  session = new pg.Client({ connectionString: cluster.url });
  await session.connect();
  await session.query("create role billing");
});

after(async () => {
  await session.end();
  await cluster.stop();
});

test("whatever passes the gate leaves the role alone on a real server", async () => {
  const pieces = fc.constantFrom(
    ..."/* */ -- ( ) ; ' $$ \" select values 1 , set role billing".split(" "),
    "\n",
    "\r",
    " ",
    "set role billing",
    "select 1",
    "*/ set role billing --",
  );
  const soup = fc.array(pieces, { minLength: 1, maxLength: 10 }).map((parts) => parts.join(" "));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("", "/*", "--", "(", "/*/*"), soup, async (start, rest) => {
      const text = start + rest;
      try {
        checkStatement(text, false);
      } catch {
        return;
      }
      await session.query({ text, queryMode: "extended" } as pg.QueryConfig).catch(() => {});
      const { rows } = await session.query("select current_setting('role') as role");
      assert.equal(rows[0].role, "none", JSON.stringify(text));
    }),
    { numRuns: 3_000 },
  );
});
