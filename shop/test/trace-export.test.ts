// The shop as people run it, beside a collector.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { it } from "node:test";
import { gunzipSync } from "node:zlib";
import { isRepetition, newHome, startShop } from "./shop-process.ts";
import { newDatabase } from "./test-databases.ts";

it("the shop's kept traces are with the collector when it has stopped", { skip: isRepetition }, async () => {
  const bodies: Buffer[] = [];
  const tokens = new Set<string | undefined>();
  const collector = createServer(async (incoming, outgoing) => {
    tokens.add(incoming.headers.authorization);
    bodies.push(gunzipSync(Buffer.concat(await incoming.toArray())));
    outgoing.end();
  }).listen(0, "127.0.0.1");
  await once(collector, "listening");
  try {
    const shop = startShop({
      DATABASE_URL: await newDatabase(),
      ASHLAR_HOME: newHome(),
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20collect",
      OTEL_SERVICE_NAME: "shop-under-test",
    });
    const { url } = await shop.ready();
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const parent = "b7ad6b7169203331";
    const answer = await fetch(`${url}/v1/products`, {
      headers: { traceparent: `00-${traceId}-${parent}-01`, connection: "close" },
    });
    assert.equal(answer.status, 200);
    await answer.text();
    assert.equal(await shop.ended("SIGTERM"), 0);

    const received = Buffer.concat(bodies);
    assert.deepEqual([...tokens], ["Bearer collect"]);
    for (const part of ["shop-under-test", "GET /v1/products", "catalog.searchProducts", "postgresql"]) {
      assert.ok(received.includes(part), part);
    }
    for (const id of [traceId, parent]) assert.ok(received.includes(Buffer.from(id, "hex")), id);
    assert.doesNotMatch(shop.stderr, /collect/);
  } finally {
    collector.close();
  }
});
