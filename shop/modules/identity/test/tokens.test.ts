import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { decodeAuditCursor, encodeAuditCursor } from "../src/audit-cursor.ts";
import { newToken, shownPrefix, tokenKind } from "../src/token.ts";

test("a token says by its prefix what it is, and shows six of its characters", () => {
  const session = newToken("session", randomBytes);
  const key = newToken("apiKey", randomBytes);
  assert.match(session, /^shop_s_[A-Za-z0-9_-]{43}$/);
  assert.equal(tokenKind(session), "session");
  assert.equal(tokenKind(key), "apiKey");
  assert.equal(shownPrefix(key), key.slice(0, 13));
});

test("what we never gave out is no token", () => {
  for (const text of [
    "",
    "shop_s_",
    "shop_x_".padEnd(50, "a"),
    newToken("session", randomBytes).slice(1),
    "\0",
  ]) {
    assert.equal(tokenKind(text), null, JSON.stringify(text));
  }
});

test("an audit cursor comes back as the id it was made of", () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      assert.equal(decodeAuditCursor(encodeAuditCursor(id)), id);
    }),
  );
});

test("any other text is no audit cursor", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), (text) => {
      assert.equal(decodeAuditCursor(text), null);
    }),
  );
});
