import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { commonPasswords } from "../src/common-passwords.ts";
import { DEFAULT_COST, hashPassword, verifyPassword } from "../src/password-hash.ts";
import { isTooCommon } from "../src/password-policy.ts";

const DEARER = { ...DEFAULT_COST, passes: 3 };

test("a stored hash names its parameters and accepts its password only", async () => {
  const hash = await hashPassword("a staple of horses", DEFAULT_COST, randomBytes);
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.deepEqual(await verifyPassword("a staple of horses", hash, DEFAULT_COST), {
    matches: true,
    outdated: false,
  });
  assert.equal((await verifyPassword("a staple of horse", hash, DEFAULT_COST)).matches, false);
});

test("a hash made at another cost is accepted and called outdated", async () => {
  const hash = await hashPassword("a staple of horses", DEFAULT_COST, randomBytes);
  assert.deepEqual(await verifyPassword("a staple of horses", hash, DEARER), {
    matches: true,
    outdated: true,
  });
});

test("a password is the same however its accents are composed", async () => {
  const hash = await hashPassword("cre\u0300me bru\u0302le\u0301e", DEFAULT_COST, randomBytes);
  assert.equal((await verifyPassword("crème brûlée", hash, DEFAULT_COST)).matches, true);
});

test("without an account the same work is done, and nothing matches", async () => {
  const hash = await hashPassword("a staple of horses", DEFAULT_COST, randomBytes);
  const timed = async (encoded: string | null) => {
    const start = performance.now();
    assert.equal((await verifyPassword("a wrong password", encoded, DEFAULT_COST)).matches, false);
    return performance.now() - start;
  };
  const known = Math.min(await timed(hash), await timed(hash), await timed(hash));
  const unknown = Math.min(await timed(null), await timed(null), await timed(null));
  // Without the work it would be a hundredth; the bound leaves room for a busy machine.
  assert.ok(unknown > known / 3, `${unknown} ms for an unknown account, ${known} ms for a known one`);
});

test("a damaged hash is an error that does not show it", async () => {
  await assert.rejects(
    verifyPassword("x", "$argon2id$v=19$m=1,t=1,p=1$AAAA$AAAA", DEFAULT_COST),
    (error: Error) => {
      assert.match(error.message, /not an argon2id hash/);
      assert.doesNotMatch(error.message, /AAAA/);
      return true;
    },
  );
});

test("passwords that attackers try first are too common, in any case and width", () => {
  for (const password of [
    "1234567890",
    "Password123",
    "QWERTYUIOP",
    "ｐａｓｓｗｏｒｄ１２３",
    "aaaaaaaaaaaa",
    "abababababab",
  ]) {
    assert.equal(isTooCommon(password, "ada@example.org"), true, password);
  }
  assert.equal(isTooCommon("Ada@Example.org", "ada@example.org"), true, "the address itself");
});

test("other passwords pass", () => {
  for (const password of ["a staple of horses", "x9#kP2!mQz", "пароль-для-магазина"]) {
    assert.equal(isTooCommon(password, "ada@example.org"), false, password);
  }
});

test("the list holds a hundred passwords and more, all as they are looked up", () => {
  assert.ok(commonPasswords.size >= 100);
  for (const password of commonPasswords) assert.equal(password, password.normalize("NFKC").toLowerCase());
});
