import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { identity } from "../contract/index.ts";
import { passwordWork } from "../src/password-work.ts";
import { host, identityApp, PASSWORD } from "./identity-app.ts";
import { refusal } from "./refusal.ts";

const shop = await identityApp();

test("a registered account is a customer and shows itself to its owner", async () => {
  const id = await shop.register("Ada@Example.org");
  const { actor } = await shop.signIn("ada@example.ORG");
  const account = await shop.run(identity.getAccount, {}, actor);
  assert.deepEqual(account, {
    id,
    email: "Ada@Example.org",
    roles: ["customer"],
    createdAt: shop.clock.now().toISOString(),
  });
});

test("a module that sends mail finds out where to, as its owner wrote the address", async () => {
  const accountId = await shop.register("Zoë@Example.org");
  const find = (accountId: string) => shop.run(identity.findContact, { accountId }, host);
  assert.deepEqual(await find(accountId), { email: "Zoë@Example.org" });
  assert.equal(await find(randomUUID()), null);
});

test("an address is taken whatever its case, also when two register at once", async () => {
  const registrations = await Promise.allSettled(
    ["Bob@example.org", "bOB@Example.Org"].map((email) => shop.register(email)),
  );
  assert.deepEqual(registrations.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  const refused = registrations.find((result) => result.status === "rejected");
  refusal("IDENTITY_EMAIL_TAKEN")(refused?.reason);
});

test("a password that is too common or equal to the address is refused", async () => {
  await assert.rejects(
    shop.register("carl@example.org", "Password123"),
    refusal("IDENTITY_PASSWORD_TOO_COMMON"),
  );
  await assert.rejects(
    shop.register("carl@example.org", "CARL@example.org"),
    refusal("IDENTITY_PASSWORD_TOO_COMMON"),
  );
});

test("addresses that are none and passwords that are too short are refused by the contract", async () => {
  for (const email of [
    "",
    "ada",
    "ada@",
    "@example.org",
    "ada@example",
    "a da@example.org",
    "a\0@example.org",
  ]) {
    await assert.rejects(shop.register(email), { code: "ASHLAR_INPUT_INVALID" }, JSON.stringify(email));
  }
  await assert.rejects(shop.register("dora@example.org", "nine char"), { code: "ASHLAR_INPUT_INVALID" });
});

test("nobody in particular has no account", async () => {
  await assert.rejects(shop.run(identity.getAccount, {}), refusal("IDENTITY_SIGN_IN_REQUIRED"));
});

test("neither passwords nor tokens are stored", async () => {
  await shop.register("erin@example.org");
  const { token } = await shop.signIn("erin@example.org");
  const rows = await shop.adminQuery<{ row: string }>`
    select accounts::text as row from identity.accounts
    union all select sessions::text from identity.sessions
    union all select audit_events::text from identity.audit_events`;
  const stored = rows.map(({ row }) => row).join("\n");
  assert.ok(stored.includes("erin@example.org"));
  assert.ok(!stored.includes(PASSWORD) && !stored.includes(token.slice(7)));
});

test("who waits to have a password checked holds no connection, and one too many is told to come back", async () => {
  const { promise: done, resolve: end } = Promise.withResolvers<void>();
  const refuse = () => assert.fail("there is room");
  const occupy = (count: number) =>
    Array.from({ length: count }, () => passwordWork({ deadline: Date.now() + 60_000, refuse }, () => done));
  const running = occupy(2);
  const signIn = shop.signIn("ada@example.org");
  const waiting = occupy(99);
  const busy = refusal("IDENTITY_TOO_BUSY", { retryAfterSeconds: 5 });
  await assert.rejects(shop.register("late@example.org"), busy);
  await assert.rejects(shop.signIn("ada@example.org"), busy);
  assert.equal(shop.app.pool.stats().inUse, 0);
  end();
  await Promise.all([...running, ...waiting]);
  await signIn;
});
