import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type AnyEvent, closed, contract, event, Type } from "../../src/contract/index.ts";
import { EventPayloadError, EventTooNewError, openDelivery, subscriberKind } from "../../src/events/index.ts";

const { paymentCaptured } = contract("billing", {
  paymentCaptured: event({
    version: 3,
    payload: closed({
      amount: closed({ cents: Type.Integer(), currency: Type.String() }),
      orderId: Type.String(),
    }),
    upcast: {
      1: ({ order, euros }: { order: string; euros: number }) => ({
        orderId: order,
        cents: Math.round(euros * 100),
      }),
      2: ({ orderId, cents }: { orderId: string; cents: number }) => ({
        orderId,
        amount: { cents, currency: "EUR" },
      }),
    },
  }),
});

function envelope(parts: Record<string, unknown> = {}) {
  return {
    event: "billing.paymentCaptured",
    publisher: "billing",
    id: 12,
    version: 3,
    key: "o-1",
    publishedAt: "2026-03-01T12:00:00.5+00:00",
    payload: { orderId: "o-1", amount: { cents: 250, currency: "EUR" } },
    replay: 0,
    ...parts,
  };
}

test("a delivery of the newest version is handed over as it was published", () => {
  assert.deepEqual(openDelivery(envelope(), paymentCaptured), {
    id: 12,
    key: "o-1",
    publishedAt: new Date("2026-03-01T12:00:00.500Z"),
    payload: { orderId: "o-1", amount: { cents: 250, currency: "EUR" } },
  });
});

test("older versions are brought up to date step by step", () => {
  const newest = { orderId: "o-1", amount: { cents: 250, currency: "EUR" } };
  const open = (version: number, payload: unknown) =>
    openDelivery(envelope({ version, payload }), paymentCaptured).payload;
  assert.deepEqual(open(1, { order: "o-1", euros: 2.5 }), newest);
  assert.deepEqual(open(2, { orderId: "o-1", cents: 250 }), newest);
});

test("the steps from any version are the composition of the upcasts from there on", () => {
  const step = fc.record({
    factor: fc.integer({ min: -3, max: 3 }),
    addend: fc.integer({ min: -9, max: 9 }),
  });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 8 }),
      fc.nat(),
      fc.integer({ min: -99, max: 99 }),
      (steps, pick, n) => {
        const upcasts = steps.map(({ factor, addend }) => ({ value }: { value: number }) => ({
          value: value * factor + addend,
        }));
        const { grown } = contract("billing", {
          grown: event({
            version: steps.length + 1,
            payload: closed({ value: Type.Integer() }),
            upcast: Object.fromEntries(upcasts.map((upcast, index) => [index + 1, upcast])),
          }),
        });
        const version = 1 + (pick % (steps.length + 1));
        const composed = upcasts.slice(version - 1).reduce((value, upcast) => upcast(value), { value: n });
        const delivered = envelope({ event: "billing.grown", version, payload: { value: n } });
        assert.deepEqual(openDelivery(delivered, grown as AnyEvent).payload, composed);
      },
    ),
  );
});

test("an event of a newer release is told from one that is wrong", () => {
  assert.throws(
    () => openDelivery(envelope({ version: 4, payload: "whatever it will be" }), paymentCaptured),
    (error) =>
      error instanceof EventTooNewError &&
      error.code === "ASHLAR_EVENT_TOO_NEW" &&
      error.version === 4 &&
      error.newestKnown === 3,
  );
});

test("a payload that breaks the schema is refused with what is wrong and where", () => {
  assert.throws(
    () =>
      openDelivery(
        envelope({ payload: { orderId: 7, amount: { cents: 250, currency: "EUR" } } }),
        paymentCaptured,
      ),
    (error) =>
      error instanceof EventPayloadError &&
      error.code === "ASHLAR_EVENT_PAYLOAD_INVALID" &&
      error.event === "billing.paymentCaptured" &&
      error.violations[0]?.path === "/orderId" &&
      error.message.includes("12"),
  );
});

test("an upcast that makes something else than the schema wants is refused after the last step", () => {
  assert.throws(() => openDelivery(envelope({ version: 2, payload: { orderId: "o-1" } }), paymentCaptured), {
    code: "ASHLAR_EVENT_PAYLOAD_INVALID",
  });
});

test("an upcast that throws is the cause of the refusal", () => {
  assert.throws(
    () => openDelivery(envelope({ version: 1, payload: null }), paymentCaptured),
    (error) =>
      error instanceof EventPayloadError &&
      error.cause instanceof TypeError &&
      /version 1/.test(error.message),
  );
});

test("whatever is no delivery is refused, and never taken for one", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.throws(() => openDelivery(value, paymentCaptured), { code: "ASHLAR_EVENT_PAYLOAD_INVALID" });
    }),
  );
  for (const broken of [
    { publishedAt: "yesterday" },
    { event: "billing.paymentRefunded" },
    { id: 0 },
    { version: 0 },
    { replay: -1 },
    { unknown: true },
  ]) {
    assert.throws(() => openDelivery(envelope(broken), paymentCaptured), {
      code: "ASHLAR_EVENT_PAYLOAD_INVALID",
    });
  }
});

test("the kind of a delivery cannot be the name of a job", () => {
  assert.equal(subscriberKind("markPaid"), "on.markPaid");
});
