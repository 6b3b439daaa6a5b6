// Ordering and billing over HTTP: what each request is answered with, good and bad.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { type Edge, serve } from "ashlar/http";
import { type Reply, ShopClient } from "./shop-client.ts";
import { stock, testShop } from "./test-shop.ts";

const shop = await testShop();
await stock(shop, { mallet: { price: 19.99, stock: 1000 }, relic: { price: 100, stock: 1 } });

let edge: Edge;
let customer: ShopClient;
let stranger: ShopClient;
before(async () => {
  edge = await serve(shop.app, { host: "127.0.0.1", port: 0 });
  customer = new ShopClient(edge.url);
  stranger = new ShopClient(edge.url);
  await customer.register();
  await stranger.register();
});
after(async () => {
  customer.close();
  stranger.close();
  await edge.stop();
});

describe("the cart", () => {
  it("is put together, shown and emptied", async () => {
    const put = await customer.put("mallet", 2);
    assert.equal(put.status, 200);
    assert.deepEqual(put.body.total, { amount: 3998, currency: "USD" });
    assert.deepEqual((await customer.send("GET", "/v1/cart")).body, put.body);
    const removed = await customer.send("DELETE", "/v1/cart/items/mallet");
    assert.deepEqual([removed.status, removed.body], [200, { items: [], total: null }]);
  });

  it("refuses what is not sold, and quantities that cannot be", async () => {
    assertProblem(await customer.put("unheard-of", 1), 404, "ORDERING_UNKNOWN_SKU");
    for (const quantity of [0, -1, 1.5, 1000, "2", null]) {
      const reply = await customer.send("PUT", "/v1/cart/items/mallet", { body: { quantity } });
      assertProblem(reply, 400, "REQUEST_INVALID");
      assert.equal(reply.body.errors[0].path, "/body/quantity");
    }
    const surplus = await customer.send("PUT", "/v1/cart/items/mallet", { body: { quantity: 1, price: 1 } });
    assertProblem(surplus, 400, "REQUEST_INVALID");
    assert.equal(surplus.body.errors[0].path, "/body/price");
    assertProblem(await customer.put("no%20sku", 1), 400, "REQUEST_INVALID");
    assertProblem(await customer.put("nul%00", 1), 400);
  });
});

describe("an order", () => {
  it("is placed, shown, listed, invoiced and cancelled", async () => {
    await customer.put("mallet", 1);
    const placed = await customer.order();
    assert.equal(placed.status, 201);
    const { id, invoice } = placed.body;
    assert.equal(placed.headers.location, `/v1/orders/${id}`);
    assert.deepEqual((await customer.send("GET", `/v1/orders/${id}`)).body, placed.body);
    assert.equal((await customer.send("GET", "/v1/orders?limit=1")).body.items[0].id, id);
    assert.equal((await customer.send("GET", `/v1/invoices/${invoice.id}`)).body.state, "open");
    const cancelled = await customer.send("POST", `/v1/orders/${id}/cancel`);
    assert.deepEqual([cancelled.status, cancelled.body.state], [200, "cancelled"]);
    assert.equal((await customer.send("GET", `/v1/invoices/${invoice.id}`)).body.state, "credited");

    const again = await customer.send("POST", `/v1/orders/${id}/cancel`);
    assertProblem(again, 409, "ORDERING_NOT_CANCELLABLE");
  });

  it("is placed once for its key, and the key is good for that request only", async () => {
    await customer.put("mallet", 1);
    const key = randomUUID();
    const first = await customer.order(key);
    const again = await customer.order(key);
    assert.deepEqual([again.status, again.body], [201, first.body]);
    assert.equal(again.headers["idempotent-replayed"], "true");
    assert.equal(again.headers.location, first.headers.location);
    assertProblem(await customer.send("POST", "/v1/orders"), 400, "IDEMPOTENCY_KEY_MISSING");
  });

  it("may be tried again with the same key after it was refused", async () => {
    const key = randomUUID();
    assertProblem(await customer.order(key), 422, "ORDERING_CART_EMPTY");
    await customer.put("mallet", 1);
    assert.equal((await customer.order(key)).status, 201);
  });

  it("is refused when stock is short, telling what there is", async () => {
    await customer.put("relic", 2);
    const reply = await customer.order();
    assertProblem(reply, 409, "ORDERING_OUT_OF_STOCK");
    assert.deepEqual(reply.body.data, { sku: "relic", requested: 2, available: 1 });
    await customer.send("DELETE", "/v1/cart/items/relic");
  });

  it("is refused when a price has changed, telling old and new", async () => {
    await stock(shop, { seasonal: { price: 5, stock: 10 } });
    await customer.put("seasonal", 1);
    await stock(shop, { seasonal: { price: 6, stock: 10 } });
    const reply = await customer.order();
    assertProblem(reply, 409, "ORDERING_PRICE_CHANGED");
    assert.equal(reply.body.data.changes[0].current.amount, 600);
    await customer.send("DELETE", "/v1/cart/items/seasonal");
  });

  it("of somebody else is not found, nor is its invoice", async () => {
    await customer.put("mallet", 1);
    const { id, invoice } = (await customer.order()).body;
    assertProblem(await stranger.send("GET", `/v1/orders/${id}`), 404, "ORDERING_ORDER_NOT_FOUND");
    assertProblem(await stranger.send("POST", `/v1/orders/${id}/cancel`), 404, "ORDERING_ORDER_NOT_FOUND");
    assertProblem(await stranger.send("GET", `/v1/invoices/${invoice.id}`), 404, "BILLING_INVOICE_NOT_FOUND");
    assert.deepEqual((await stranger.send("GET", "/v1/orders")).body.items, []);
  });

  it("is not looked for under what is no id, nor listed from what is no cursor", async () => {
    assertProblem(await customer.send("GET", "/v1/orders/1"), 400, "REQUEST_INVALID");
    assertProblem(await customer.send("GET", "/v1/orders?cursor=made-up"), 422, "ORDERING_CURSOR_INVALID");
    assertProblem(await customer.send("GET", "/v1/orders?limit=101"), 400, "REQUEST_INVALID");
  });
});

describe("nobody", () => {
  it("gets at carts, orders and invoices without signing in, or with a token that is no good", async () => {
    const nobody = new ShopClient(edge.url);
    for (const [method, path] of [
      ["GET", "/v1/cart"],
      ["PUT", "/v1/cart/items/mallet"],
      ["DELETE", "/v1/cart/items/mallet"],
      ["POST", "/v1/orders"],
      ["GET", "/v1/orders"],
      ["GET", `/v1/orders/${randomUUID()}`],
      ["POST", `/v1/orders/${randomUUID()}/cancel`],
      ["GET", `/v1/invoices/${randomUUID()}`],
    ] as const) {
      assertProblem(await nobody.send(method, path), 401, "UNAUTHENTICATED");
      assertProblem(await nobody.send(method, path, { token: "made-up" }), 401, "UNAUTHENTICATED");
    }
    nobody.close();
  });

  it("gets further with an API key than its scopes", async () => {
    const made = await customer.send("POST", "/v1/api-keys", {
      body: { name: "reports", scopes: ["orders:read"] },
    });
    assert.equal(made.status, 201);
    const token = made.body.key;
    assert.equal((await customer.send("GET", "/v1/orders", { token })).status, 200);
    const body = { quantity: 1 };
    assertProblem(await customer.send("PUT", "/v1/cart/items/mallet", { token, body }), 403, "FORBIDDEN");
    assertProblem(await customer.send("POST", "/v1/orders", { token, key: randomUUID() }), 403, "FORBIDDEN");
  });
});

function assertProblem(reply: Reply, status: number, code?: string): void {
  assert.equal(reply.status, status, JSON.stringify(reply.body));
  assert.match(String(reply.headers["content-type"]), /^application\/problem\+json/);
  if (code !== undefined) assert.equal(reply.body.code, code);
  assert.doesNotMatch(JSON.stringify(reply.body), /select |insert |node:internal/);
}
