import assert from "node:assert/strict";
import { test } from "node:test";
import { identity } from "../contract/index.ts";
import { host, identityApp } from "./identity-app.ts";
import { refusal } from "./refusal.ts";

const shop = await identityApp();
const adaId = await shop.register("ada@example.org");
const bobId = await shop.register("bob@example.org");

test("the product makes the first operator, who makes others and takes the role back", async () => {
  await shop.run(identity.grantRole, { accountId: adaId, role: "operator" }, host);
  const { actor: ada } = await shop.signIn("ada@example.org");
  const granted = await shop.run(identity.grantRole, { accountId: bobId, role: "operator" }, ada);
  assert.deepEqual(granted.roles, ["customer", "operator"]);
  const { token } = await shop.signIn("bob@example.org");
  await shop.run(identity.revokeRole, { accountId: bobId, role: "operator" }, ada);
  const bob = await shop.actorOf(token);
  assert.deepEqual(bob?.kind === "account" && bob.roles, ["customer"], "from the next request on");
});

test("operators cannot take the role from themselves", async () => {
  const { actor: ada } = await shop.signIn("ada@example.org");
  await assert.rejects(
    shop.run(identity.revokeRole, { accountId: adaId, role: "operator" }, ada),
    refusal("IDENTITY_OWN_ROLE"),
  );
});

test("customers, strangers and programs neither give roles nor read the log", async () => {
  const { actor: bob } = await shop.signIn("bob@example.org");
  const program = {
    kind: "account",
    id: adaId,
    roles: ["operator"],
    scopes: ["catalog:write"],
    session: null,
  } as const;
  for (const actor of [bob, program, undefined]) {
    const only = refusal("IDENTITY_OPERATORS_ONLY");
    await assert.rejects(shop.run(identity.grantRole, { accountId: bobId, role: "operator" }, actor), only);
    await assert.rejects(shop.run(identity.revokeRole, { accountId: adaId, role: "operator" }, actor), only);
    await assert.rejects(shop.run(identity.listAuditEvents, { limit: 1 }, actor), only);
  }
});

test("an operator makes somebody support, who gives no roles", async () => {
  const { actor: ada } = await shop.signIn("ada@example.org");
  const granted = await shop.run(identity.grantRole, { accountId: bobId, role: "support" }, ada);
  assert.deepEqual(granted.roles, ["customer", "support"]);
  const { actor: bob } = await shop.signIn("bob@example.org");
  await assert.rejects(
    shop.run(identity.grantRole, { accountId: bobId, role: "operator" }, bob),
    refusal("IDENTITY_OPERATORS_ONLY"),
  );
  const without = await shop.run(identity.revokeRole, { accountId: bobId, role: "support" }, ada);
  assert.deepEqual(without.roles, ["customer"]);
});

test("an account that does not exist gets no role", async () => {
  const stranger = { accountId: "00000000-0000-7000-8000-000000000000", role: "operator" } as const;
  await assert.rejects(shop.run(identity.grantRole, stranger, host), refusal("IDENTITY_ACCOUNT_NOT_FOUND"));
  await assert.rejects(shop.run(identity.revokeRole, stranger, host), refusal("IDENTITY_ACCOUNT_NOT_FOUND"));
});

test("a role given twice is given once", async () => {
  const twice = () => shop.run(identity.grantRole, { accountId: bobId, role: "customer" }, host);
  assert.deepEqual((await twice()).roles, ["customer"]);
});

test("the log says who did what to whom, newest first, and pages without gaps", async () => {
  shop.clock.advance(1_000);
  const id = await shop.register("carl@example.org");
  shop.clock.advance(1_000);
  await assert.rejects(shop.signIn("carl@example.org", "a wrong password"));
  shop.clock.advance(1_000);
  const { actor: carl } = await shop.signIn("carl@example.org");
  shop.clock.advance(1_000);
  await shop.run(identity.closeSession, {}, carl);
  const { items } = await shop.run(identity.listAuditEvents, { limit: 4 }, host);
  assert.deepEqual(
    items.map(({ actor, action, subject }) => [actor, action, subject]),
    [
      [`account:${id}`, "session.closed", `account:${id}`],
      [`account:${id}`, "session.opened", `account:${id}`],
      ["anonymous", "session.refused", `account:${id}`],
      ["anonymous", "account.registered", `account:${id}`],
    ],
  );

  const all = await shop.run(identity.listAuditEvents, { limit: 100 }, host);
  assert.equal(all.nextCursor, null);
  const paged = [];
  let cursor: string | undefined;
  do {
    const page = await shop.run(
      identity.listAuditEvents,
      cursor === undefined ? { limit: 3 } : { limit: 3, cursor },
      host,
    );
    paged.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  assert.deepEqual(paged, all.items);
});

test("a cursor that the log did not give out is refused", async () => {
  await assert.rejects(
    shop.run(identity.listAuditEvents, { limit: 3, cursor: "nonsense" }, host),
    refusal("IDENTITY_CURSOR_INVALID"),
  );
});
