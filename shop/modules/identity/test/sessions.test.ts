import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { identity } from "../contract/index.ts";
import { identityApp, PASSWORD } from "./identity-app.ts";
import { refusal } from "./refusal.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const NEW_PASSWORD = "another staple of horses";

const shop = await identityApp();
await shop.register("ada@example.org");
const start = shop.clock.now();
beforeEach(() => shop.clock.set(start));

test("each sign-in opens a session of its own, and signing out ends just that one", async () => {
  const first = await shop.signIn("ada@example.org");
  const second = await shop.signIn("ada@example.org");
  assert.notEqual(first.token, second.token);
  await shop.run(identity.closeSession, {}, first.actor);
  await shop.run(identity.closeSession, {}, first.actor);
  assert.equal(await shop.actorOf(first.token), null);
  assert.deepEqual(await shop.actorOf(second.token), second.actor);
});

test("a session that is not used ends, and one that is used goes on", async () => {
  const idle = await shop.signIn("ada@example.org");
  const used = await shop.signIn("ada@example.org");
  shop.clock.advance(59 * MINUTE_MS);
  const found = await shop.run(identity.authenticate, { token: used.token });
  assert.equal(found?.stale, true);
  await shop.run(identity.touchSession, { session: found?.session ?? "" });
  assert.equal((await shop.run(identity.authenticate, { token: used.token }))?.stale, false);
  shop.clock.advance(MINUTE_MS);
  assert.equal(await shop.actorOf(idle.token), null);
  assert.ok(await shop.actorOf(used.token));
});

test("a session ends after its days however much it is used", async () => {
  const { token, actor } = await shop.signIn("ada@example.org");
  const session = actor.kind === "account" ? (actor.session ?? "") : "";
  for (let halfHours = 0; halfHours < 7 * 48 - 1; halfHours++) {
    shop.clock.advance(30 * MINUTE_MS);
    await shop.run(identity.touchSession, { session });
  }
  assert.ok(await shop.actorOf(token));
  shop.clock.set(new Date(start.getTime() + 7 * DAY_MS));
  assert.equal(await shop.actorOf(token), null);
});

test("signing in clears away the dead sessions of the account", async () => {
  await shop.signIn("ada@example.org");
  shop.clock.advance(8 * DAY_MS);
  await shop.signIn("ada@example.org");
  const [count] = await shop.adminQuery<{ sessions: number }>`
    select count(*)::int as sessions from identity.sessions`;
  assert.equal(count?.sessions, 1);
  shop.clock.set(start);
});

test("tokens that nobody was given are nobody's", async () => {
  const { token } = await shop.signIn("ada@example.org");
  const other = token.slice(0, -2) + (token.endsWith("AA") ? "BB" : "AA");
  for (const text of ["", "nonsense", other, "shop_s_\0".padEnd(50, "x")]) {
    assert.equal(await shop.run(identity.authenticate, { token: text }), null, JSON.stringify(text));
  }
});

test("a new password ends all other sessions, and the old password", async () => {
  await shop.register("bob@example.org");
  const here = await shop.signIn("bob@example.org");
  const elsewhere = await shop.signIn("bob@example.org");
  const change = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
  await shop.run(identity.changePassword, change, here.actor);
  assert.ok(await shop.actorOf(here.token));
  assert.equal(await shop.actorOf(elsewhere.token), null);
  await assert.rejects(shop.signIn("bob@example.org"), refusal("IDENTITY_INVALID_CREDENTIALS"));
  await shop.signIn("bob@example.org", NEW_PASSWORD);
});

test("a wrong or too common password changes nothing", async () => {
  const { token, actor } = await shop.signIn("ada@example.org");
  const change = (currentPassword: string, newPassword: string) =>
    shop.run(identity.changePassword, { currentPassword, newPassword }, actor);
  await assert.rejects(change("a wrong password", NEW_PASSWORD), refusal("IDENTITY_WRONG_PASSWORD"));
  await assert.rejects(change(PASSWORD, "Password123"), refusal("IDENTITY_PASSWORD_TOO_COMMON"));
  assert.ok(await shop.actorOf(token));
  await shop.signIn("ada@example.org");
});

test("only a person who signed in changes a password", async () => {
  const change = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
  await assert.rejects(shop.run(identity.changePassword, change), refusal("IDENTITY_SIGN_IN_REQUIRED"));
});

test("a sign-in with the old password leaves no session behind a change that it raced", async () => {
  await shop.register("carl@example.org");
  const { actor } = await shop.signIn("carl@example.org");
  const change = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
  await Promise.allSettled([
    shop.run(identity.changePassword, change, actor),
    shop.signIn("carl@example.org"),
    shop.signIn("carl@example.org"),
  ]);
  const sessions = await shop.adminQuery`
    select sessions.id from identity.sessions join identity.accounts on accounts.id = account_id
     where email = 'carl@example.org'`;
  assert.equal(sessions.length, 1);
});
