import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { after, describe, it } from "node:test";
import { testProvider } from "./client.ts";
import { receiveWebhooks } from "./webhook-receiver.ts";

// The first two requests of all are refused, so that whatever comes first is repeated twice.
const receiver = await receiveWebhooks((index) => (index < 2 ? 503 : 204));
const provider = await testProvider();
after(async () => {
  receiver.close();
  await provider.close();
});
const typesOf = (received: { notice: { type: string } }[]) => received.map(({ notice }) => notice.type);

describe("notices", () => {
  it("wait for a webhook, and are then repeated until they are accepted", async () => {
    const reference = randomUUID();
    await provider.capture("card_success", { reference });
    await provider.process.setWebhook({ url: receiver.url, secret: "a secret" });
    const received = await receiver.about(reference, 4);
    assert.deepEqual(typesOf(received), [
      "capture.succeeded",
      "capture.succeeded",
      "capture.succeeded",
      "capture.settled",
    ]);
    assert.equal(new Set(received.slice(0, 3).map(({ notice }) => notice.id)).size, 1);
  });

  it("are signed over time and body", async () => {
    const reference = randomUUID();
    await provider.capture("card_declined", { reference });
    const [received] = await receiver.about(reference, 1);
    const [, seconds, digest] = /^t=([0-9]+),v1=([0-9a-f]{64})$/.exec(received!.signature)!;
    assert.equal(
      digest,
      createHmac("sha256", "a secret").update(`${seconds}.${received!.body}`).digest("hex"),
    );
    assert.ok(Math.abs(Number(seconds) - Date.now() / 1000) < 60);
    assert.deepEqual(typesOf([received!]), ["capture.declined"]);
  });

  it("tell of a settlement before its capture for the card that does so", async () => {
    const reference = randomUUID();
    await provider.capture("card_webhook_out_of_order", { reference });
    assert.deepEqual(typesOf(await receiver.about(reference, 2)), ["capture.settled", "capture.succeeded"]);
  });

  it("come twice for the card that does so", async () => {
    const reference = randomUUID();
    await provider.capture("card_webhook_twice", { reference });
    const received = await receiver.about(reference, 4);
    assert.deepEqual(typesOf(received), [
      "capture.succeeded",
      "capture.succeeded",
      "capture.settled",
      "capture.settled",
    ]);
    assert.equal(new Set(received.map(({ notice }) => notice.id)).size, 2);
  });

  it("tell of a refund", async () => {
    const { body: capture } = await provider.capture("card_success");
    await provider.refund(capture);
    const received = await receiver.about(capture.reference, 3);
    assert.ok(typesOf(received).includes("refund.succeeded"));
  });

  it("that were not accepted come after a restart, and those that were do not", async () => {
    const accepted = randomUUID();
    await provider.capture("card_declined", { reference: accepted });
    const [first] = await receiver.about(accepted, 1);
    await provider.written(`"accepted","notice":"${first!.notice.id}"`);
    // Nobody listens there.
    await provider.process.setWebhook({ url: "http://127.0.0.1:1/", secret: "a secret" });
    const reference = randomUUID();
    const { body: capture } = await provider.capture("card_declined", { reference });
    await provider.restart();
    await provider.process.setWebhook({ url: receiver.url, secret: "a secret" });
    const [received] = await receiver.about(reference, 1);
    assert.deepEqual(received!.notice.data, capture);
    assert.equal((await receiver.about(accepted, 1)).length, 1);
  });
});
