import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ownedRelations, ownedTables } from "../../src/sql/owned-relations.ts";
import { parseSql } from "../../src/sql/parse.ts";

const directory = await mkdtemp(join(tmpdir(), "ashlar-owned-"));
after(() => rm(directory, { recursive: true }));

test("a module owns what its migrations leave behind, in their order", async () => {
  const files = {
    "0001_create.sql":
      "create table lab.b (x int); create table lab.a (x int); create table lab.gone (); create temporary table t ();",
    "0002_change.sql": "alter table lab.b rename to c; drop table lab.gone; create table d as select 1 as x;",
    "0003_views.sql":
      "create view lab.v as select 1; create materialized view lab.m as select 1; create view lab.w as select 1; drop view lab.w;",
    "0004_back.sql":
      'create table lab."Gone" (); alter table lab.a add column y int; create index i on lab.a (y);',
    ".settled": "0001_create.sql",
    "README.md": "create table lab.read_me ();",
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  assert.deepEqual(await ownedRelations(directory), { tables: ["Gone", "a", "c", "d"], views: ["m", "v"] });
  assert.deepEqual(await ownedTables(directory), ["Gone", "a", "c", "d"]);
});

test("a module without migrations owns nothing", async () => {
  assert.deepEqual(await ownedRelations(join(directory, "nowhere")), { tables: [], views: [] });
});

test("a fault has its place, and texts without a statement have none", () => {
  assert.deepEqual(parseSql("select 'é' frm x y").fault, {
    message: 'syntax error at or near "x"',
    index: 15,
  });
  assert.deepEqual(parseSql("select 1 \0 from x").fault?.index, 9);
  for (const text of ["", " -- nothing", "/* a /* nested */ comment */ ", ";;"]) {
    const { statements, fault } = parseSql(text);
    assert.deepEqual({ statements, fault }, { statements: [], fault: null });
  }
});
