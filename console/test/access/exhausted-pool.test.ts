import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rolesOf, statement, type Transaction } from "ashlar/postgres";
import { openScene, PASSWORD, READER, type Scene } from "../server/scene.ts";

let scene: Scene;
const held: Transaction[] = [];

before(async () => {
  scene = await openScene();
  const { pool } = scene.app;
  const role = rolesOf("doors_app", "doors").app;
  while (held.length < pool.stats().max) {
    const transaction = pool.begin();
    await transaction.execute(role, statement`select 1`);
    held.push(transaction);
  }
});

after(async () => {
  for (const transaction of held) await transaction.rollback();
  await scene.stop();
});

test("operators get in and see something while requests hold all of the app's connections", async () => {
  const signedIn = await scene.post(
    "/api/session",
    { name: "operator", password: PASSWORD },
    { token: null },
  );
  assert.equal(signedIn.status, 204);
  assert.match(signedIn.headers.get("set-cookie")!, /^ashlar-console=operator-token;/);
  const audit = await scene.ask("/api/audit", { token: READER });
  assert.equal(audit.status, 200);
  const { stale } = (await audit.json()) as { stale: unknown };
  assert.equal(stale, null);
});
