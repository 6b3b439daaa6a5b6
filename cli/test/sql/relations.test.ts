import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { places, read, touched } from "./touched.ts";

const cases: Readonly<Record<string, readonly (readonly [string, readonly string[]])[]>> = {
  "what only looks like a table of another schema": [
    ["with catalog as (select 1 as x) select catalog.x from catalog", []],
    ["select catalog.id from ordering.orders as catalog", ["read ordering.orders"]],
    ["select catalog.id from ordering.orders catalog for update of catalog", ["read ordering.orders"]],
    ["select 'catalog.products', $$catalog.products$$", []],
    ["select 1 /* from catalog.products */ -- from catalog.products", []],
    ["select x.catalog from ordering.orders x order by x.catalog", ["read ordering.orders"]],
    ["select (catalog).id from ordering.orders as catalog", ["read ordering.orders"]],
    ["select * from generate_series(1, 3) as catalog", []],
    ["select * from (values (1)) as catalog (products)", []],
    ["select * from json_to_recordset($1) as catalog (products int)", []],
    ["select * from (select 1) as catalog, lateral (select catalog.x) as billing", []],
    ["with recursive t as (select 1 union all select * from t) select * from t", []],
    ["with a as (select 1) select (with b as (select * from a) select * from b)", []],
    [
      "with a as (delete from ordering.orders returning *) insert into ordering.gone select * from a",
      ["write ordering.gone", "write ordering.orders"],
    ],
    ['select "catalog.products" from ordering.orders', ["read ordering.orders"]],
    ["create temporary table products as select 1; select * from products", []],
    ["select 'x'::catalog.money", ["type catalog.money"]],
    ["delete from ordering.orders where current of catalog", ["write ordering.orders"]],
  ],
  "what hides behind the same name": [
    ["with a as (select * from b), b as (select 1) select * from a, b", ["read b"]],
    ["with a as (select 1) select * from catalog.a", ["read catalog.a"]],
    ["select * from (with a as (select 1) select * from a) x, a", ["read a"]],
    ["with a as (select 1) insert into a select * from a", ["write a"]],
    ["with recursive a as (select * from b), b as (select 1) select * from a", []],
    ["create temporary table t (x int); select * from ordering.t, t", ["read ordering.t"]],
  ],
  "data statements": [
    [
      "select * from a.b join c.d on true left join lateral (select * from e.f) q on true",
      ["read a.b", "read c.d", "read e.f"],
    ],
    [
      "select (select max(x) from a.b) from c.d where exists (select from e.f) order by (select 1 from g.h)",
      ["read a.b", "read c.d", "read e.f", "read g.h"],
    ],
    [
      "select * from a.b union select * from c.d except (with x as (select * from e.f) select * from x)",
      ["read a.b", "read c.d", "read e.f"],
    ],
    [
      "insert into a.b (x) select y from c.d on conflict (x) do update set x = (select 1 from e.f) returning (select 1 from g.h)",
      ["write a.b", "read c.d", "read e.f", "read g.h"],
    ],
    ["insert into a.b default values", ["write a.b"]],
    [
      "update a.b set x = (select 1 from c.d) from e.f where b.id = f.id",
      ["write a.b", "read c.d", "read e.f"],
    ],
    ["delete from a.b using c.d where b.x = d.x", ["write a.b", "read c.d"]],
    [
      "merge into a.b t using c.d s on t.id = s.id when matched then update set x = (select 1 from e.f) when not matched then do nothing",
      ["write a.b", "read c.d", "read e.f"],
    ],
    ["table a.b", ["read a.b"]],
    ["values ((select 1 from a.b))", ["read a.b"]],
    ["select * from only a.b tablesample system (1)", ["read a.b"]],
    ['select * from "A"."b"', ["read A.b"]],
    [
      "select catalog.price(1), x operator(cat.+) y collate cat.de from a.b",
      ["call catalog.price", "object cat.+", "object cat.de", "read a.b"],
    ],
    ["select * from catalog.list(1)", ["call catalog.list"]],
    ["select * into a.b from c.d", ["read a.b", "read c.d"]],
    ["copy a.b to stdout", ["read a.b"]],
    ["copy (select * from a.b) to stdout", ["read a.b"]],
    ["explain analyze select * from a.b", ["read a.b"]],
    ["prepare p as select * from a.b", ["read a.b"]],
    ["declare c cursor for select * from a.b", ["read a.b"]],
  ],
  "names in texts": [
    ["select nextval('a.b')", ["read a.b"]],
    ["select nextval('a.b'::regclass)", ["read a.b"]],
    [`select 'a."B c"'::regclass`, ["read a.B c"]],
    ["select to_regclass('a.b'), pg_total_relation_size('c.d')", ["read a.b", "read c.d"]],
    ["select setval(pg_get_serial_sequence('a.b', 'id'), 1)", ["read a.b"]],
    [
      "select 'a.f(int)'::regprocedure, 'a.t'::regtype, 'a'::regnamespace",
      ["call a.f", "type a.t", "schema a"],
    ],
  ],
  definitions: [
    [
      "create table a.b (x int references c.d, y e.f default g.h(), n int default nextval('i.j'), like k.l) inherits (m.n)",
      ["define a.b", "read c.d", "type e.f", "call g.h", "read i.j", "read k.l", "read m.n"],
    ],
    ["create table a.b (foreign key (x) references c.d (y))", ["define a.b", "read c.d"]],
    ["create table a.b partition of c.d for values in (1)", ["define a.b", "read c.d"]],
    ["create table a.b as select * from c.d", ["define a.b", "read c.d"]],
    ["alter table a.b add constraint f foreign key (x) references c.d", ["define a.b", "read c.d"]],
    ["alter table a.b alter column x type c.t using d.f(x)", ["define a.b", "type c.t", "call d.f"]],
    ["alter table a.b set schema c", ["schema c", "define a.b"]],
    ["alter table a.b attach partition c.d for values in (1)", ["define a.b", "read c.d"]],
    ["alter table a.b rename to c", ["define a.b"]],
    ["create view a.v as select * from b.c", ["define a.v", "read b.c"]],
    ["create materialized view a.v as select * from b.c", ["define a.v", "read b.c"]],
    ["create index on a.b (c.f(x)) where x > (d.g())", ["define a.b", "call c.f", "call d.g"]],
    ["create trigger t after insert on a.b for each row execute function c.f()", ["call c.f", "define a.b"]],
    ["create policy p on a.b using (x in (select 1 from c.d))", ["define a.b", "read c.d"]],
    ["create rule r as on insert to a.b do also insert into c.d values (new.x)", ["define a.b", "write c.d"]],
    ["create type a.t as (x c.d)", ["define a.t", "type c.d"]],
    ["create type a.t as enum ('x')", ["define type a.t"]],
    ["alter type a.t add value 'x'", ["define type a.t"]],
    ["create domain a.t as c.d check (value > e.f())", ["define type a.t", "type c.d", "call e.f"]],
    ["create sequence a.s owned by b.c.d", ["define a.s", "read b.c"]],
    ["create statistics a.s on x, y from c.d", ["define object a.s", "define c.d"]],
    ["create schema a", ["schema a"]],
    ["comment on column a.b.c is 'x'", ["define a.b"]],
    ["comment on function a.f(c.d) is 'x'", ["define function a.f", "type c.d"]],
    ["grant select on a.b to someone", ["read a.b"]],
    ["grant usage on schema a to someone", ["schema a"]],
    ["grant select on all tables in schema a to someone", ["schema a"]],
    ["grant all on database a to someone; grant b to someone", []],
    ["alter default privileges in schema a grant select on tables to someone", ["schema a"]],
    ["drop table a.b, c.d", ["define a.b", "define c.d"]],
    ["drop function a.f(int)", ["define function a.f"]],
    ["drop type a.t", ["type a.t"]],
    ["drop trigger t on a.b", ["define a.b"]],
    ["drop index a.i", ["define a.i"]],
    ["drop schema a", ["schema a"]],
    ["truncate a.b, c.d", ["define a.b", "define c.d"]],
    ["lock table a.b", ["define a.b"]],
    ["refresh materialized view a.v", ["define a.v"]],
    ["create extension pg_trgm", []],
  ],
  "bodies of functions": [
    [
      "create function a.f() returns int language sql as $$ select x from b.c $$",
      ["read b.c", "define function a.f"],
    ],
    [
      "create function a.f() returns int language sql as 'select x from b.c where y = ''d.e'''",
      ["read b.c", "define function a.f"],
    ],
    [
      "create function a.f() returns int language sql begin atomic; select x from b.c; end",
      ["define function a.f", "read b.c"],
    ],
    [
      "create function a.f(x b.t) returns setof c.d language sql as $$ select 1 $$",
      ["define function a.f", "type b.t", "type c.d"],
    ],
    [
      "create function a.f() returns void language plpgsql as $$ begin perform 1 from b.c; end $$",
      ["read b.c", "define function a.f"],
    ],
    [
      "create function a.f() returns void language plpgsql as $$ declare n int := (select 1 from b.c); begin n := (select 2 from d.e); end $$",
      ["read b.c", "read d.e", "define function a.f"],
    ],
    [
      "create function a.f() returns void language plpgsql as $$ declare r b.c%rowtype; x d.e.f%type; begin end $$",
      ["read b.c", "read d.e", "define function a.f"],
    ],
    [
      "create function a.f() returns void language plpgsql as $$ declare r record; begin if exists (select from b.c) then insert into d.e select 1; end if; for r in select * from f.g loop perform h.i(r); end loop; end $$",
      ["read b.c", "write d.e", "call h.i", "read f.g", "define function a.f"],
    ],
    [
      "create function a.f() returns void language plpgsql as $$ begin execute 'delete from b.c'; end $$",
      ["write b.c", "define function a.f"],
    ],
    [
      "create function a.f() returns void language plpgsql as $$ begin execute format('delete from b.%I', x); end $$",
      ["write b._", "define function a.f"],
    ],
    ["do $$ begin delete from a.b; end $$", ["write a.b"]],
  ],
};

for (const [group, statements] of Object.entries(cases)) {
  describe(group, () => {
    for (const [text, expected] of statements) {
      test(text, () => assert.deepEqual(touched(text), expected));
    }
  });
}

describe("besides", () => {
  test("changes of settings are told from those that a function has while it runs", () => {
    assert.deepEqual(read("set role x; reset role; set local search_path = a; reset all").settings, [
      "SET role",
      "RESET role",
      "SET search_path",
      "RESET all",
    ]);
    assert.deepEqual(read("select set_config('role', 'x', true)").settings, ["set_config role"]);
    assert.deepEqual(
      read("create function a.f() returns int language sql set search_path = a as $$ select 1 $$").settings,
      ["function search_path"],
    );
  });

  test("SQL that is made while a function runs is said to be so", () => {
    const body = (code: string) =>
      read(
        `create function a.f() returns void language plpgsql as $$ declare r record; x text; begin ${code} end $$`,
      ).dynamic;
    assert.equal(body("execute 'delete from a.b';").length, 0);
    assert.equal(body("execute 'delete from ' || x;").length, 1);
    assert.equal(body("execute format('delete from a.%I', x);").length, 1);
    assert.equal(body("return query execute x;").length, 1);
    assert.equal(body("for r in execute x loop end loop;").length, 1);
    assert.equal(
      read("create function a.f() returns void language plpython3u as $$ pass $$").dynamic.length,
      1,
    );
  });

  test("a column is known where its table is the only one, or is said by an alias", () => {
    assert.deepEqual(read("select x, b.y from a.b where z = 1").columns, ["a.b.x", "a.b.y", "a.b.z"]);
    assert.deepEqual(read("select x, q.y from a.b q join c.d on d.z = q.id").columns, [
      "a.b.y",
      "c.d.z",
      "a.b.id",
    ]);
    assert.deepEqual(read("update a.b set x = y").columns, ["a.b.x", "a.b.y"]);
    assert.deepEqual(read("insert into a.b (x) values (1)").columns, ["a.b.x"]);
    assert.deepEqual(read("with q as (select 1 as x) select x from a.b, q").columns, []);
    assert.deepEqual(read("select * from a.b").columns, []);
  });

  test("places count characters and not bytes, and are found in bodies", () => {
    assert.deepEqual(places("select 'é€𝄞' from a.b"), ['a.b at "a.b"']);
    assert.deepEqual(places("-- é\nselect 1;\nselect 'é' from a.b"), ['a.b at "a.b"']);
    assert.deepEqual(
      places(
        "create function a.f() returns void language plpgsql as $$\ndeclare x int;\nbegin\n  perform 1 from b.c;\n  select 1 into x from d.e;\nend $$",
      ),
      ['b.c at "b.c;\\n "', 'd.e at "select"'],
    );
  });
});
