import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judge, rulesBroken } from "./migrations-scene.ts";

const things = "create table lab.things (id bigint primary key, n integer, code text);";
const definer = "language sql security definer set search_path = lab, pg_catalog";

/** What the last file of each list breaks, beside modules catalog and lab. */
const cases: Readonly<Record<string, readonly (readonly [readonly string[], readonly string[]])[]>> = {
  "the wall": [
    [["create table lab.a (x int references catalog.products)"], ["migration-foreign-schema"]],
    [["create table catalog.a ()"], ["migration-foreign-schema"]],
    [["create view lab.v as select * from catalog.products"], ["migration-foreign-schema"]],
    [
      [things, "create trigger t after insert on lab.things for each row execute function catalog.f()"],
      ["migration-foreign-schema"],
    ],
    [
      [`create function lab.f() returns bigint ${definer} as $$ select count(*) from catalog.products $$`],
      ["migration-foreign-schema"],
    ],
    [["comment on table catalog.products is 'x'"], ["migration-foreign-schema"]],
    [[things, "alter table lab.things set schema catalog"], ["migration-foreign-schema"]],
    [["create table lab.a (x int default nextval('catalog.numbers'))"], ["migration-foreign-schema"]],
    [["create schema other"], ["migration-foreign-schema"]],
    [["create table public.a ()"], ["migration-foreign-schema"]],
    [["create table lab.a (x ashlar.thing)"], ["migration-foreign-schema"]],
    [["insert into lab._jobs (kind) values ('x')"], ["sql-framework-table"]],
    [["create view lab.v as with catalog as (select 1 as id) select catalog.id from catalog"], []],
    [["create table lab.a (catalog text default 'catalog.products')"], []],
    [["create index on lab.a using gin (x extensions.gin_trgm_ops)"], ["migration-index"]],
  ],
  "names without schema": [
    [["create table things ()"], ["migration-unqualified"]],
    [["create view lab.v as select * from things"], ["migration-unqualified"]],
    [["create type state as enum ('a')"], ["migration-unqualified"]],
    [["set search_path = lab"], ["migration-unqualified"]],
    [[`create function lab.f() returns bigint ${definer} as $$ select count(*) from things $$`], []],
    [["create temporary table t as select 1; insert into t select 2"], []],
  ],
  "functions, grants and roles": [
    [["create function lab.f() returns int language sql as $$ select 1 $$"], ["migration-function"]],
    [
      ["create function lab.f() returns int language sql security definer as $$ select 1 $$"],
      ["migration-function"],
    ],
    [
      [
        "create function lab.f() returns int language sql security definer set search_path = public as $$ select 1 $$",
      ],
      ["migration-function"],
    ],
    [
      [
        "create function lab.f() returns int language sql security definer set search_path = lab set role = x as $$ select 1 $$",
      ],
      ["migration-function"],
    ],
    [[`create function lab.f() returns int ${definer} as $$ select 1 $$`], []],
    [
      [
        "create function lab.f() returns int language sql security definer set search_path = '' as $$ select 1 $$",
      ],
      [],
    ],
    [["grant select on lab.things to public"], ["migration-grant"]],
    [["alter default privileges in schema lab grant select on tables to public"], ["migration-grant"]],
    [["revoke all on lab.things from public"], []],
    [["set role postgres"], ["migration-role"]],
    [["reset all"], ["migration-role"]],
  ],
  transactions: [
    [["begin; create table lab.a (); commit"], ["migration-transaction", "migration-transaction"]],
    [[things, "create index concurrently i on lab.things (n)"], ["migration-transaction"]],
    [[things, "-- ashlar: no transaction\ncreate index concurrently i on lab.things (n)"], []],
    [[things, "-- ashlar: no transaction\ncreate table lab.a ()"], ["migration-transaction"]],
    [[things, "-- ashlar: no transaction\nvacuum analyze lab.things"], []],
    [["creat table lab.a ()"], ["migration-syntax"]],
  ],
  "long locks": [
    [
      [things, "create index i on lab.things (n); drop index lab.i"],
      ["migration-index", "migration-index"],
    ],
    [
      [
        things,
        "create table lab.a (n int); create index i on lab.a (n); drop index lab.i; alter table lab.a drop column n",
      ],
      [],
    ],
    [[things, "-- ashlar: no transaction\nvacuum full lab.things"], ["migration-lock"]],
    [[things, "-- ashlar: no transaction\nvacuum (full false) lab.things"], []],
    [["create materialized view lab.m as select 1", "refresh materialized view lab.m"], ["migration-lock"]],
    [["create materialized view lab.m as select 1", "refresh materialized view concurrently lab.m"], []],
    [["set local lock_timeout = '1min'"], ["migration-lock"]],
    [["set local lock_timeout = 0"], ["migration-lock"]],
    [["select set_config('lock_timeout', '0', true)"], ["migration-lock"]],
    [["set local lock_timeout = '500ms'"], []],
    [["set local statement_timeout = 0"], []],
  ],
  rows: [
    [
      [things, "alter table lab.things add column x int; update lab.things set x = n where n > 0"],
      ["migration-backfill"],
    ],
    [
      [
        things,
        "update lab.things set n = 0 where n is null; alter table lab.things alter column n set default 0",
      ],
      ["migration-backfill"],
    ],
    [[things, "alter table lab.things add column x int; insert into lab.things (id) values (1)"], []],
    [[things, "create table lab.copies (id bigint); insert into lab.copies select id from lab.things"], []],
    [[things, "update lab.things set n = 0 where n is null"], []],
    [[things, "update lab.things set n = 0"], ["migration-backfill"]],
    [["create type lab.s as enum ('a')", "alter type lab.s add value 'b'"], []],
    [
      [
        "create type lab.s as enum ('a')",
        "alter type lab.s add value 'b'; insert into lab.x (s) values ('b')",
      ],
      ["migration-enum"],
    ],
    [["create type lab.s as enum ('a')", "alter type lab.s rename value 'a' to 'b'"], ["migration-rename"]],
  ],
  "what the last release uses": [
    [["create view lab.v as select 1", "drop view lab.v"], ["migration-drop"]],
    [["create view lab.v as select 1", "drop view lab.v; create view lab.v as select 2"], []],
    [["create view lab.v as select 1", "create or replace view lab.v as select 2"], []],
    [["create view lab.v as select 1", "alter view lab.v rename to w"], ["migration-rename"]],
    [[things, "drop table lab.things"], ["migration-drop"]],
    [[things, "drop table if exists lab.things cascade"], ["migration-drop"]],
    [["create table lab.a (); drop table lab.a"], []],
    [[things, "alter table lab.things alter column n set default 1, drop constraint things_pkey"], []],
  ],
};

for (const [group, examples] of Object.entries(cases)) {
  describe(group, () => {
    for (const [files, rules] of examples) {
      test(files.at(-1), () => assert.deepEqual(rulesBroken(...files), rules));
    }
  });
}

describe("names of files", () => {
  const rulesFor = (...names: string[]) =>
    judge({ migrations: Object.fromEntries(names.map((name) => [name, ""])) }).map(
      ({ file, rule, message }) => {
        assert.equal(rule, "migration-name");
        return `${file.replace("migrations/", "")}: ${message}`;
      },
    );

  test("are a number and words, and the numbers have no gaps", () => {
    assert.deepEqual(rulesFor("0001_create_things.sql", "0002_add.sql"), []);
    assert.deepEqual(rulesFor("0001_create.sql", "0003_add.sql"), [
      "0003_add.sql: There is no 0002_*.sql before 0003_add.sql.",
    ]);
    assert.deepEqual(rulesFor("0001_a.sql", "0001_b.sql"), [
      "0001_b.sql: 0001_b.sql has the number of 0001_a.sql.",
    ]);
    assert.deepEqual(rulesFor("1_create.sql"), [
      "1_create.sql: 1_create.sql is not called like 0001_create_orders.sql.",
    ]);
  });
});

describe("accepting", () => {
  const second = (text: string, source?: string) =>
    judge({
      migrations: { "0001_things.sql": things, "0002_change.sql": text },
      ...(source === undefined ? {} : { source }),
    }).map(({ rule, line, message }) => `${line} ${rule} ${message}`);

  test("takes a rule from the statement below it, and from no other", () => {
    assert.deepEqual(
      second("-- ashlar: accept migration-drop: unused since release 3\ndrop table lab.things;"),
      [],
    );
    assert.deepEqual(
      second(
        "-- ashlar: accept migration-drop: unused since release 3\nalter table lab.things drop column n;\nalter table lab.things drop column code;",
      ),
      [
        "3 migration-drop ALTER TABLE drops column lab.things.code, which instances of the release before still use.",
      ],
    );
  });

  test("wants a reason, a rule that there is, and something to accept", () => {
    assert.deepEqual(
      second("-- ashlar: accept migration-drop\ndrop table lab.things;").map((line) => line.slice(0, 20)),
      ["2 migration-drop DRO", "1 migration-accept m"],
    );
    assert.match(
      second("-- ashlar: accept migration-dorp: x\nselect 1;")[0]!,
      /There is no rule migration-dorp/,
    );
    assert.match(second("-- ashlar: accept migration-drop: x\nselect 1;")[0]!, /nothing below is against it/);
    assert.match(second("select 1;\n-- ashlar: accept migration-drop: x")[0]!, /nothing below is against it/);
  });

  test("is not to be had as long as the module's code uses what goes", () => {
    const drop = "-- ashlar: accept migration-drop: x\nalter table lab.things drop column n;";
    assert.match(second(drop, "sql`select n from lab.things`")[0]!, /So does src\/use\.ts:1\.$/);
    assert.match(
      second(drop, "\nsql`update lab.things t set code = '' where t.n = 1`")[0]!,
      /src\/use\.ts:2\.$/,
    );
    assert.deepEqual(second(drop, "sql`select code from lab.things`"), []);
    assert.deepEqual(second(drop, "sql`select n from lab.others`"), []);
    const table = "-- ashlar: accept migration-drop: x\ndrop table lab.things;";
    assert.match(second(table, "sql`select from lab.things`")[0]!, /src\/use\.ts:1\.$/);
    assert.match(second(table, 'db.selectFrom("things")')[0]!, /src\/use\.ts:1\.$/);
    assert.deepEqual(second(table, "sql`with things as (select 1) select * from things`"), []);
  });
});

describe("a settled history", () => {
  const migrations = {
    "0001_things.sql": things,
    "0002_index.sql": "create index i on lab.things (n);",
    "0003_drop.sql": "alter table lab.things drop column code;",
  };
  const rulesWith = (settled?: string) =>
    judge({ migrations, ...(settled === undefined ? {} : { settled }) }).map(
      ({ file, rule }) => `${file} ${rule}`,
    );

  test("is not judged by the rules of deploying", () => {
    assert.deepEqual(rulesWith(), [
      "migrations/0002_index.sql migration-index",
      "migrations/0003_drop.sql migration-drop",
    ]);
    assert.deepEqual(rulesWith("0002_index.sql\n"), ["migrations/0003_drop.sql migration-drop"]);
    assert.deepEqual(rulesWith("0003_drop.sql\n"), []);
  });

  test("is put right where a function was made anew", () => {
    const bad =
      "create function lab.f() returns bigint language sql as $$ select count(*) from catalog.products $$;";
    const good = `create or replace function lab.f() returns bigint ${definer} as $$ select 1::bigint $$;`;
    const rules = (migrations: Record<string, string>) =>
      judge({ migrations, settled: "0001_f.sql" }).map(({ rule }) => rule);
    assert.deepEqual(rules({ "0001_f.sql": bad }), ["migration-function", "migration-foreign-schema"]);
    assert.deepEqual(rules({ "0001_f.sql": bad, "0002_f.sql": good }), []);
  });

  test("ends at a file that there is", () => {
    assert.deepEqual(rulesWith("0002_indx.sql")[0], "migrations/.settled migration-settled");
  });

  test("is judged by the rules of the wall", () => {
    const foreign = { "0001_a.sql": "create table lab.a (x int references catalog.products);" };
    assert.deepEqual(
      judge({ migrations: foreign, settled: "0001_a.sql" }).map(({ rule }) => rule),
      ["migration-foreign-schema"],
    );
  });
});
