import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { prepareDatabase } from "ashlar/postgres";
import { createTestDatabase } from "ashlar/testing";
import pg from "pg";
import { judge } from "./migrations-scene.ts";

const guide = await readFile(join(import.meta.dirname, "../../../docs/guides/migrations.md"), "utf8");
const files = [...guide.matchAll(/^```sql file=(\S+)\n(.*?)^```$/gms)].map(([, name, text]) => ({
  name: name!,
  text: text!,
}));

const directory = await mkdtemp(join(tmpdir(), "ashlar-migrations-"));
const model = {
  app: "migrations_guide",
  modules: [{ name: "ordering", migrations: directory, publishes: [], reads: [] }],
};
await writeFile(join(directory, files[0]!.name), files[0]!.text);
const database = await createTestDatabase(model);
const client = new pg.Client(database.url);
await client.connect();
after(async () => {
  await client.end();
  await database.drop();
  await rm(directory, { recursive: true });
});

/** What the first release does all the while, from before 0001 to the step from which the guide says it is gone. */
const OLD = `
  insert into ordering.orders (id, placed_at, total, state) values (gen_random_uuid(), now(), 1, 'placed');
  update ordering.orders set state = 'paid';
  select id, placed_at, total, state from ordering.orders`;
const NEW = OLD.replaceAll("total", "total_amount");

describe("the guide to migrations", () => {
  test("its files follow one another", () => {
    assert.equal(files.length, 17);
    assert.deepEqual(
      files.map(({ name }) => Number(name.slice(0, 4))),
      files.map((_, index) => index + 1),
    );
  });

  for (const [index, { name, text }] of files.entries()) {
    test(`${name} runs while the release before it works on`, async () => {
      await writeFile(join(directory, name), text);
      const { migrated } = await prepareDatabase({ adminUrl: database.url, model });
      assert.equal(migrated.length, index === 0 ? 0 : 1);
      if (name < "0013") await client.query(OLD);
      else if (name < "0015") await client.query(NEW);
    });
  }

  test("the check finds nothing in them, and knows what they accept", () => {
    const ordering = Object.fromEntries(
      files.map(({ name, text }) => [name, text.replaceAll("ordering.", "lab.")]),
    );
    assert.deepEqual(
      judge({ migrations: ordering }).map(({ file, rule, message }) => `${file} ${rule} ${message}`),
      [],
    );
    const unaccepted = Object.entries(ordering).map(([name, text]) => [
      name,
      text.replace(/^-- ashlar: accept.*\n/m, ""),
    ]);
    assert.deepEqual(
      judge({ migrations: Object.fromEntries(unaccepted) }).map(({ file, rule }) => `${file} ${rule}`),
      ["migrations/0013_drop_total.sql migration-drop", "migrations/0015_drop_orders.sql migration-drop"],
    );
  });
});
