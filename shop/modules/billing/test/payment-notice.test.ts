import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, it } from "node:test";
import { isSigned, readNotice } from "../src/payment-notice.ts";

const SECRET = "a secret of sixteen";
const NOW = new Date("2026-03-01T12:00:00Z");
const SECONDS = NOW.getTime() / 1000;
const BODY = '{"id":"evt_1"}';
const digest = (seconds: number, body: string, secret = SECRET) =>
  createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");

describe("the signature of a notice", () => {
  it("fits its body, time and secret", () => {
    assert.ok(isSigned(BODY, `t=${SECONDS},v1=${digest(SECONDS, BODY)}`, SECRET, NOW));
  });

  it("does not fit another body, time or secret", () => {
    const right = digest(SECONDS, BODY);
    assert.ok(!isSigned(`${BODY} `, `t=${SECONDS},v1=${right}`, SECRET, NOW));
    assert.ok(!isSigned(BODY, `t=${SECONDS + 1},v1=${right}`, SECRET, NOW));
    assert.ok(!isSigned(BODY, `t=${SECONDS},v1=${right}`, "another secret here", NOW));
  });

  it("is of five minutes ago at most, and five ahead", () => {
    const at = (offset: number) => {
      const seconds = SECONDS + offset;
      return isSigned(BODY, `t=${seconds},v1=${digest(seconds, BODY)}`, SECRET, NOW);
    };
    assert.deepEqual([-301, -300, 300, 301].map(at), [false, true, true, false]);
  });

  it("may come with others, as while a secret is being replaced", () => {
    const header = `t=${SECONDS},v1=${digest(SECONDS, BODY, "the new secret, yes")},v1=${digest(SECONDS, BODY)}`;
    assert.ok(isSigned(BODY, header, SECRET, NOW));
  });

  it("is refused without falling over when it is no signature", () => {
    for (const header of [
      "",
      "t",
      "t=",
      "t=1e9,v1=",
      `t=${SECONDS}`,
      `t=${SECONDS},v1=zz`,
      "v1=v1,t=t",
      ",,,=,=",
    ]) {
      assert.ok(!isSigned(BODY, header, SECRET, NOW), header);
    }
  });
});

describe("a notice", () => {
  const notice = { id: "evt_1", type: "capture.succeeded", data: { id: "cap_1", reference: "r" } };

  it("is read with whatever else the provider says", () => {
    const told = { ...notice, more: 1, data: { ...notice.data, amount: 5 } };
    assert.deepEqual(readNotice(JSON.stringify(told)), told);
  });

  it("is none without an id, a type or what it is about, and none in anything else", () => {
    for (const bad of [
      { ...notice, id: "" },
      { ...notice, type: 1 },
      { ...notice, data: {} },
      [],
      null,
      "x",
    ]) {
      assert.equal(readNotice(JSON.stringify(bad)), null);
    }
    assert.equal(readNotice("{"), null);
    assert.equal(readNotice(JSON.stringify({ ...notice, id: "evt\u0000" })), null);
  });
});
