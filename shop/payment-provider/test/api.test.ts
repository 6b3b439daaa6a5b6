import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { testProvider } from "./client.ts";

const provider = await testProvider();
after(() => provider.close());
const today = () => new Date().toISOString().slice(0, 10);

describe("captures", () => {
  it("captures a good card and finds it by its reference", async () => {
    const { status, body } = await provider.capture("card_success");
    assert.equal(status, 201);
    assert.equal(body.state, "succeeded");
    const found = await provider.send("GET", `/v1/captures?reference=${body.reference}`);
    assert.deepEqual(found.body, { items: [body] });
  });

  it("declines a card that has no money and one it does not know, with the reason", async () => {
    const declined = await provider.capture("card_declined");
    assert.deepEqual([declined.body.state, declined.body.declineReason], ["declined", "insufficient_funds"]);
    const unknown = await provider.capture("card_of_nobody");
    assert.deepEqual([unknown.body.state, unknown.body.declineReason], ["declined", "card_unknown"]);
    // A name that every object has is no card either.
    assert.equal((await provider.capture("constructor")).body.state, "declined");
  });

  it("captures once for a key, however often it is asked, also at the same time", async () => {
    const reference = randomUUID();
    const first = await provider.capture("card_success", { reference });
    const second = await provider.capture("card_success", { reference });
    assert.deepEqual([second.status, second.body], [200, first.body]);

    const slow = randomUUID();
    const answers = await Promise.all(
      [1, 2, 3].map(() => provider.capture("card_slow", { reference: slow })),
    );
    assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 201]);
  });

  it("refuses a key that came with another request", async () => {
    const reference = randomUUID();
    await provider.capture("card_success", { reference });
    const other = await provider.capture("card_success", { reference, amount: 1 });
    assert.deepEqual([other.status, other.body.error.code], [409, "idempotency_conflict"]);
  });

  it("captures and cuts the connection, and gives the answer to whoever asks again", async () => {
    const reference = randomUUID();
    await assert.rejects(provider.capture("card_timeout_after_capture", { reference }), TypeError);
    const again = await provider.capture("card_timeout_after_capture", { reference });
    assert.deepEqual([again.status, again.body.state], [200, "succeeded"]);
    const found = await provider.send("GET", `/v1/captures?reference=${reference}`);
    assert.equal(found.body.items.length, 1);
  });
});

describe("refunds", () => {
  it("gives back what was captured, and no more", async () => {
    const { body: capture } = await provider.capture("card_success");
    const { status, body: refund } = await provider.refund(capture, 4000);
    assert.deepEqual([status, refund.amount, refund.reference], [201, 4000, capture.reference]);
    const outcomes = await Promise.all([provider.refund(capture, 999), provider.refund(capture, 999)]);
    assert.deepEqual(outcomes.map((each) => each.status).sort(), [201, 409]);
  });

  it("refunds once for a key", async () => {
    const { body: capture } = await provider.capture("card_success");
    const first = await provider.refund(capture, 1000, "refund-1");
    const second = await provider.refund(capture, 1000, "refund-1");
    assert.deepEqual([second.status, second.body], [200, first.body]);
  });

  it("gives nothing back of a declined or unknown capture", async () => {
    const { body: declined } = await provider.capture("card_declined");
    assert.equal((await provider.refund(declined)).status, 409);
    assert.equal((await provider.refund({ ...declined, id: "cap_0" })).status, 404);
  });
});

describe("requests", () => {
  it("are refused without the key", async () => {
    for (const authorization of ["", "Bearer wrong", "test-key"]) {
      const { status } = await provider.send("GET", "/v1/captures?reference=x", undefined, { authorization });
      assert.equal(status, 401);
    }
  });

  it("are refused when they are not what they should be", async () => {
    const good = { reference: "r", amount: 1, currency: "USD", card: "card_success" };
    for (const bad of [{ amount: 0 }, { amount: 1.5 }, { currency: "usd" }, { reference: "" }, { card: 7 }]) {
      const reply = await provider.send(
        "POST",
        "/v1/captures",
        { ...good, ...bad },
        { "idempotency-key": "k" },
      );
      assert.equal(reply.status, 422);
    }
    assert.equal((await provider.send("POST", "/v1/captures", good)).status, 422);
    assert.equal((await provider.send("GET", "/v1/transactions?day=today")).status, 422);
    assert.equal((await provider.send("GET", "/v1/nothing")).status, 404);
  });
});

describe("the state file", () => {
  it("keeps transactions, keys and refunds over a restart, also over a kill", async () => {
    const reference = randomUUID();
    const { body: capture } = await provider.capture("card_success", { reference });
    await provider.refund(capture, 4000);
    await provider.restart("SIGKILL");
    assert.deepEqual((await provider.capture("card_success", { reference })).body, capture);
    assert.equal((await provider.refund(capture, 1000)).status, 409);
    const day = (await provider.transactions(today())).filter((moved) => moved.reference === reference);
    assert.deepEqual(
      day.map(({ amount }) => amount),
      [4999, 4000],
    );
  });

  it("is read without a last line that was half-written, and goes on behind it", async () => {
    const lines = () => readFileSync(provider.stateFile, "utf8").split("\n").length;
    const { body: before } = await provider.capture("card_success");
    await provider.restart("SIGTERM", () => appendFileSync(provider.stateFile, '{"kind":"capt'));
    const whole = lines();
    const { body: next } = await provider.capture("card_success");
    await provider.restart();
    assert.ok(lines() > whole);
    for (const { reference, id } of [before, next]) {
      const found = await provider.send("GET", `/v1/captures?reference=${reference}`);
      assert.equal(found.body.items[0].id, id);
    }
  });

  it("lists what moved on a day page by page", async () => {
    const references = Array.from({ length: 510 }, () => randomUUID());
    await Promise.all(references.map((reference) => provider.capture("card_success", { reference })));
    const first = await provider.send("GET", `/v1/transactions?day=${today()}`);
    assert.equal(first.body.items.length, 500);
    const rest = await provider.send("GET", `/v1/transactions?day=${today()}&after=${first.body.next}`);
    const listed = [...first.body.items, ...rest.body.items].map(({ reference }) => reference);
    assert.deepEqual(
      references.filter((reference) => !listed.includes(reference)),
      [],
    );
    assert.deepEqual(await provider.transactions("2000-01-01"), []);
  });
});
