import assert from "node:assert/strict";
import { test } from "node:test";
import { identity } from "../contract/index.ts";
import { addressDigest } from "../src/sign-in-attempts.ts";
import { identityApp, PASSWORD } from "./identity-app.ts";
import { refusal } from "./refusal.ts";

const shop = await identityApp();

async function failuresOf(email: string): Promise<number> {
  const [row] = await shop.adminQuery<{ failures: number }>`
    select failures from identity.sign_in_attempts where address_digest = ${addressDigest(email)}`;
  return row?.failures ?? 0;
}

async function failToSignIn(email: string, times: number): Promise<void> {
  for (let count = 0; count < times; count++) {
    await assert.rejects(shop.signIn(email, "a wrong password"), refusal("IDENTITY_INVALID_CREDENTIALS"));
  }
}

test("after five failures even the right password has to wait, for any spelling of the address", async () => {
  await shop.register("ada@example.org");
  await failToSignIn("ada@example.org", 5);
  await assert.rejects(
    shop.signIn("ADA@example.org"),
    refusal("IDENTITY_TOO_MANY_ATTEMPTS", { retryAfterSeconds: 30 }),
  );
  shop.clock.advance(30_000);
  await shop.signIn("ada@example.org");
  assert.equal(await failuresOf("ada@example.org"), 0, "success forgets the failures");
});

test("an address without an account is answered and counted like one with an account", async () => {
  await failToSignIn("nobody@example.org", 5);
  await assert.rejects(shop.signIn("nobody@example.org"), refusal("IDENTITY_TOO_MANY_ATTEMPTS"));
  const stored = await shop.adminQuery<{ subject: string }>`
    select subject from identity.audit_events where action = 'session.refused' order by id desc limit 1`;
  assert.match(stored[0]?.subject ?? "", /^address:[0-9a-f]{16}$/, "the address itself is kept nowhere");
});

test("failures at the same time all count, and no guess slips through", async () => {
  await shop.register("bob@example.org");
  const guesses = await Promise.allSettled(
    Array.from({ length: 8 }, () => shop.signIn("bob@example.org", "a wrong password")),
  );
  const codes = guesses.map((guess) => guess.status === "rejected" && guess.reason.code);
  assert.equal(codes.filter((code) => code === "IDENTITY_INVALID_CREDENTIALS").length, 5);
  assert.equal(codes.filter((code) => code === "IDENTITY_TOO_MANY_ATTEMPTS").length, 3);
  assert.equal(await failuresOf("bob@example.org"), 5);
});

test("guessing the current password of a session counts too", async () => {
  await shop.register("carl@example.org");
  const { actor } = await shop.signIn("carl@example.org");
  const change = { currentPassword: "a wrong password", newPassword: "another staple of horses" };
  for (let count = 0; count < 5; count++) {
    await assert.rejects(
      shop.run(identity.changePassword, change, actor),
      refusal("IDENTITY_WRONG_PASSWORD"),
    );
  }
  await assert.rejects(
    shop.run(identity.changePassword, { ...change, currentPassword: PASSWORD }, actor),
    refusal("IDENTITY_TOO_MANY_ATTEMPTS"),
  );
});

test("failures that nobody needs any more are cleared away by later ones", async () => {
  await failToSignIn("x1@example.org", 1);
  shop.clock.advance(24 * 60 * 60_000);
  await failToSignIn("x2@example.org", 1);
  const rows = await shop.adminQuery`select address_digest from identity.sign_in_attempts`;
  assert.equal(rows.length, 1);
});
