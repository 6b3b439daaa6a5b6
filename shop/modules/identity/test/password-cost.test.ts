import assert from "node:assert/strict";
import { test } from "node:test";
import { identityApp } from "./identity-app.ts";

const shop = await identityApp({ passwordPasses: 3 });

test("the next sign-in after the cost was changed rehashes the password", async () => {
  const id = await shop.register("ada@example.org");
  // As the default cost would have stored "a staple of horses".
  const cheap =
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$3xiXPjYZYTlLIdyuGForodBHh7ULp5+hKWSVoIrildA";
  await shop.adminQuery`update identity.accounts set password_hash = ${cheap} where id = ${id}`;
  await shop.signIn("ada@example.org");
  const [account] = await shop.adminQuery<{ password_hash: string }>`
    select password_hash from identity.accounts where id = ${id}`;
  assert.match(account?.password_hash ?? "", /\$m=19456,t=3,p=1\$/);
  await shop.signIn("ada@example.org");
});
