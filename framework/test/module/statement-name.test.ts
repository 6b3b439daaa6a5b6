import assert from "node:assert/strict";
import { test } from "node:test";
import { statementName } from "../../src/module/statement-name.ts";

const names: readonly (readonly [text: string, name: string])[] = [
  ["select sku from catalog.products where brand = $1", "select catalog.products"],
  ['select "orders"."lines".* from "orders" . "lines" where x = $1', "select orders.lines"],
  ['INSERT INTO "orders"."lines" ("text") values ($1)', "insert orders.lines"],
  ["insert into a.b (id) select id from c.d on conflict (id) do update set x = 1", "insert a.b"],
  ["  -- select from x.y\n/* delete from x.z */ update only stock.items set a = 1", "update stock.items"],
  ["delete from a.b using c.d", "delete a.b"],
  ["merge into a.b using c.d on true", "merge a.b"],
  ["with x as (select 1 from a.t) insert into b.u select * from x", "insert b.u"],
  ["with x as (select 1 from a.t), y as (delete from b.u returning 1) select * from y, x", "select a.t"],
  ["with recursive r (n) as (select 1) update a.b set c = 1", "update a.b"],
  ["(select a from x.y) union (select b from z.w)", "select x.y"],
  ["select * from unnest($1::text[]) u join a.b on true", "select a.b"],
  ["select extract(epoch from now()) from billing.payments", "select billing.payments"],
  ["select * from a.b for update skip locked", "select a.b"],
  ["select 'from x.y' as t", "select"],
  ["select 1", "select"],
  ["", "statement"],
];

test("a statement is called by its verb and its table", () => {
  for (const [text, name] of names) assert.equal(statementName(text), name, text);
});

test("a name is short, and texts without end change nothing", () => {
  assert.equal(statementName(`select * from ${"long".repeat(100)}`).length, 80);
  for (let count = 0; count < 5_000; count++) {
    assert.equal(statementName(`select ${count} from a.b`), "select a.b");
  }
});
