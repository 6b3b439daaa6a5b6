import assert from "node:assert/strict";
import { test } from "node:test";
import { identity, type Scope } from "../contract/index.ts";
import { host, identityApp } from "./identity-app.ts";
import { refusal } from "./refusal.ts";

const DAY_MS = 24 * 60 * 60_000;

const shop = await identityApp();
const adaId = await shop.register("ada@example.org");
const { actor: ada } = await shop.signIn("ada@example.org");

const ordersKey = { name: "reports", scopes: ["orders:read"] as Scope[] };

test("a key is shown once, acts for its account and is limited to its scopes", async () => {
  const { key, apiKey } = await shop.run(identity.createApiKey, ordersKey, ada);
  assert.equal(apiKey.prefix, key.slice(0, 13));
  assert.equal(apiKey.expiresAt, null);
  assert.deepEqual(await shop.actorOf(key), {
    kind: "account",
    id: adaId,
    roles: ["customer"],
    scopes: ["orders:read"],
    session: null,
  });
  const { items } = await shop.run(identity.listApiKeys, {}, ada);
  assert.deepEqual(items, [apiKey]);
});

test("a key expires", async () => {
  const { key } = await shop.run(identity.createApiKey, { ...ordersKey, expiresInDays: 1 }, ada);
  shop.clock.advance(DAY_MS - 1);
  assert.ok(await shop.actorOf(key));
  shop.clock.advance(1);
  assert.equal(await shop.actorOf(key), null);
});

test("a revoked key is nobody's, and others cannot revoke it", async () => {
  await shop.register("bob@example.org");
  const { actor: bob } = await shop.signIn("bob@example.org");
  const { key, apiKey } = await shop.run(identity.createApiKey, ordersKey, bob);
  const revoke = (actor: typeof bob) => shop.run(identity.revokeApiKey, { id: apiKey.id }, actor);
  await assert.rejects(revoke(ada), refusal("IDENTITY_API_KEY_NOT_FOUND"));
  await revoke(bob);
  assert.equal(await shop.actorOf(key), null);
  await assert.rejects(revoke(bob), refusal("IDENTITY_API_KEY_NOT_FOUND"));
});

test("a scope for operators takes the role", async () => {
  const catalogKey = { name: "importer", scopes: ["orders:read", "catalog:write"] as Scope[] };
  await assert.rejects(
    shop.run(identity.createApiKey, catalogKey, ada),
    refusal("IDENTITY_SCOPE_NOT_ALLOWED", { scope: "catalog:write" }),
  );
  await shop.run(identity.grantRole, { accountId: adaId, role: "operator" }, host);
  const { key } = await shop.run(identity.createApiKey, catalogKey, ada);
  const program = await shop.actorOf(key);
  assert.deepEqual(program?.kind === "account" && program.roles, ["customer", "operator"]);
});

test("a key cannot make, list or revoke keys", async () => {
  const { key, apiKey } = await shop.run(identity.createApiKey, ordersKey, ada);
  const program = await shop.actorOf(key);
  assert.ok(program);
  const required = refusal("IDENTITY_SIGN_IN_REQUIRED");
  await assert.rejects(shop.run(identity.createApiKey, ordersKey, program), required);
  await assert.rejects(shop.run(identity.listApiKeys, {}, program), required);
  await assert.rejects(shop.run(identity.revokeApiKey, { id: apiKey.id }, program), required);
});

test("an account has at most fifty keys, also when they are made at once", async () => {
  await shop.register("carl@example.org");
  const { actor: carl } = await shop.signIn("carl@example.org");
  const made = await Promise.allSettled(
    Array.from({ length: 52 }, () => shop.run(identity.createApiKey, ordersKey, carl)),
  );
  assert.equal(made.filter(({ status }) => status === "fulfilled").length, 50);
  for (const result of made) {
    if (result.status === "rejected") refusal("IDENTITY_TOO_MANY_KEYS")(result.reason);
  }
});
