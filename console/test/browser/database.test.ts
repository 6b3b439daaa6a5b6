import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { rolesOf } from "ashlar/postgres";
import { eventually } from "ashlar/testing";
import pg from "pg";
import { assertAccessible, assertFits, openScene, shot } from "./harness.ts";

const scene = await openScene();
const admin = new pg.Client(scene.databaseUrl);
// The scene ends its server before this file is done with it.
admin.on("error", () => {});
await admin.connect();
const sessions: pg.Client[] = [admin];
after(async () => {
  for (const session of sessions) await session.end().catch(() => {});
});

const IDENTITY = rolesOf(scene.app.name, "identity").app;
const SLOW = "-4611686018427387904";

/** A session of the shop's login that works for identity. */
async function session(...statements: readonly string[]): Promise<pg.Client & { processID: number }> {
  const client = new pg.Client({ ...scene.app.pool.address });
  client.on("error", () => {});
  sessions.push(client);
  await client.connect();
  for (const statement of [`begin; set local role ${IDENTITY}`, ...statements]) await client.query(statement);
  return client as pg.Client & { processID: number };
}

const RENAME = "update identity.accounts set email = email where email <> 'secret@scene.example'";

/** One session holds all accounts, two others wait for them. */
async function blockedAccounts(context: TestContext) {
  const root = await session(RENAME);
  // Whatever fails, nobody is left waiting.
  context.after(() => root.end().catch(() => {}));
  const waiting: Promise<unknown>[] = [];
  const waiters: pg.Client[] = [];
  for (let count = 0; count < 2; count++) {
    const waiter = await session();
    waiters.push(waiter);
    waiting.push(waiter.query(RENAME).then(() => waiter.query("rollback")));
  }
  await eventually("both wait", async () => {
    const { rows } = await admin.query("select from pg_stat_activity where wait_event_type = 'Lock'");
    return rows.length === 2;
  });
  return { root, waiting };
}

test("the session at the root of a tree is found by its link and ended, and those behind it go on", async (context) => {
  const { root, waiting } = await blockedAccounts(context);
  const page = await scene.signIn("operator", { path: `/database?session=${root.processID}` });
  const tree = page.getByRole("list", { name: "Who waits for whom" });
  await tree.getByText("2 sessions wait", { exact: true }).waitFor();
  const node = tree.locator("[data-root]");
  assert.equal(await node.getAttribute("data-selected"), "");
  await node.getByRole("link", { name: "identity" }).waitFor();
  assert.match(await node.innerText(), /idle in transaction/);
  assert.equal((await page.locator("main").innerText()).includes("secret@"), false);
  await shot(page, "database-now");
  await assertAccessible(page);
  await assertFits(page);

  await node.getByRole("button", { name: "End session" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(`Would end session ${root.processID} of module identity`).waitFor();
  await dialog.getByLabel("Reason, for the audit").fill("it keeps everybody waiting");
  await assertAccessible(page);
  await dialog.getByRole("button", { name: "End session (1 session)" }).click();
  await dialog.getByText(`Ended session ${root.processID} of module identity.`).waitFor();
  await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
  await Promise.all(waiting);
  await page.getByText("Nobody waits for a lock").waitFor();
  await page.getByText(`Session ${root.processID} has ended, or does nothing at the moment`).waitFor();
  const { rows } = await admin.query(
    "select action, reason, input from ashlar.operator_actions order by id desc limit 1",
  );
  assert.equal(rows[0].action, "database.terminate");
  assert.equal(rows[0].reason, "it keeps everybody waiting");
  assert.equal(rows[0].input.pid, root.processID);
});

test("a reader sees the tree and no button", async (context) => {
  const { root, waiting } = await blockedAccounts(context);
  const page = await scene.signIn("support", { path: "/database?tab=now" });
  await page.locator("[data-root]").waitFor();
  assert.equal(await page.getByRole("button", { name: /End session|Cancel statement/ }).count(), 0);
  const refused = await fetch(`${scene.shopUrl}/console/api/database/terminate`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await scene.token("support")}`,
      "content-type": "application/json",
      "x-ashlar-console": "1",
    },
    body: JSON.stringify({ reason: "because", pid: root.processID, startedAt: 1 }),
  });
  assert.equal(refused.status, 403);
  await root.query("rollback");
  await Promise.all(waiting);
});

test("a statement that became slower leads to its text, its module and its hours", async () => {
  await admin.query("delete from ashlar.database_cost; delete from ashlar.statement_cost");
  await admin.query(`
    insert into ashlar.database_cost
    select date_trunc('minute', now()) - make_interval(mins => n), module, 100, ms * (1 + sin(n / 9.0) / 3), 200, 1000, 10, 5, 4096, 0
    from generate_series(0, 110) n, (values ('ordering', 6000.0), ('billing', 2000.0), ('', 900.0)) m (module, ms)`);
  await admin.query(`
    insert into ashlar.statement_cost
    select date_trunc('hour', now(), 'UTC') - make_interval(hours => ago), module, id, calls, ms, calls, max
    from (values (0, 'ordering', ${SLOW}, 100, 300000.0, 9000.0), (1, 'ordering', ${SLOW}, 100, 3000.0, 80.0),
      (2, 'ordering', ${SLOW}, 100, 3100.0, 80.0), (0, 'billing', 77, 1000, 1000.0, 4.0)) c (ago, module, id, calls, ms, max)`);
  await admin.query(`insert into ashlar.statement_texts values
    (${SLOW}, 'select id, state from ordering.orders where account_id = $1 order by placed_at desc limit $2'),
    (77, 'select id from billing.invoices where order_id = $1')`);
  const page = await scene.signIn("operator", { path: "/database?tab=statements" });
  const regressions = page.getByRole("region", { name: "Slower than an hour before" });
  await regressions.getByText("100 times").waitFor();
  await page.locator(".plot canvas").first().waitFor();
  await shot(page, "database-statements");
  await assertAccessible(page);

  await regressions.getByRole("link", { name: /select id, state/ }).click();
  await page.waitForURL(`**/database?*statement=${SLOW}*`);
  const details = page.getByRole("region", { name: "Statement", exact: true });
  await details.getByText("Mean duration, hour by hour", { exact: true }).waitFor();
  await details.getByRole("link", { name: "ordering" }).waitFor();
  await page.locator("tr[data-selected]").first().waitFor();
  await shot(page, "database-statement");
  await assertAccessible(page);
  await assertFits(page);

  // As the Now page links to it, without a tab.
  await page.goto(`${scene.shopUrl}/console/database?statement=${SLOW}`);
  await details.getByText("Mean duration, hour by hour", { exact: true }).waitFor();
  await details.getByRole("link", { name: "Close" }).click();
  await details.waitFor({ state: "detached" });
  await page.goBack();
  await details.waitFor();
});

test("tables are put in an order that the address has, and replication says that nobody follows", async () => {
  const page = await scene.signIn("operator", { path: "/database?tab=tables" });
  await page.getByRole("cell", { name: "_finished_jobs" }).first().waitFor();
  await page.getByRole("combobox", { name: /^Order/ }).selectOption({ label: "By name" });
  await page.waitForURL("**/database?tab=tables&sort=name");
  await page.getByRole("combobox", { name: /^Module/ }).selectOption("ordering");
  await page.waitForURL("**/database?tab=tables&sort=name&module=ordering");
  await eventually("only those of ordering are left", async () => {
    const modules = await page.locator("tbody .module").allInnerTexts();
    return modules.length > 5 && modules.every((name) => name === "ordering");
  });
  await shot(page, "database-tables");
  await assertAccessible(page);
  await assertFits(page);
  await page.getByRole("link", { name: "Replication" }).click();
  await page.getByText("No replica is connected").waitFor();
  await shot(page, "database-replication");
  await assertAccessible(page);
});
