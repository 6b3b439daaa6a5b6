import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { TEST_SERVER_VARIABLE, testServerUrl } from "ashlar/testing";
import { shopCopy } from "./shop-copy.ts";

const shop = shopCopy();
const text = (file: string) => readFileSync(join(shop.root, file), "utf8");
const violationsBefore = await violations();

/** Each kind, in the modules of the shop and in one that was made here; several in one file, one after the other. */
const CALLS = [
  ["module", "shipping", "--thing", "shipment", "--purpose", "what is sent to whom"],
  ["module", "gift-cards", "--thing", "gift card", "--purpose", "Money that is a present."],
  ["use-case", "ordering.reorder", "--kind", "command", "--route", "POST /v1/orders/{id}/reorder"],
  ["use-case", "ordering.countOrders", "--kind", "query", "--summary", "Counts the orders of the account"],
  ["use-case", "shipping.sendShipment", "--kind", "command", "--route", "PUT /v1/shipments/{id}/sent"],
  ["use-case", "catalog.countProducts", "--kind", "query", "--route", "GET /v1/product-count"],
  ["use-case", "billing.voidInvoice", "--kind", "command", "--transaction", "joins"],
  ["migration", "ordering", "add gift note", "--table", "orders"],
  ["migration", "shipping", "create parcels"],
  ["migration", "identity", "widen things"],
  ["event", "ordering.orderShipped", "--subscriber", "billing.onOrderShipped"],
  ["event", "billing.paymentCaptured", "--subscriber", "shipping.onPaymentCaptured"],
  ["event", "shipping.shipmentSent", "--when", "The carrier has it", "--subscriber", "shipping.onSent"],
  ["event", "gift_cards.giftCardSpent"],
  ["job", "ordering.sendReminder", "--queue", "reminders", "--schedule", "0 8 * * *"],
  ["job", "shipping.trackParcels", "--queue", "tracking", "--schedule", "*/5 * * * *"],
  ["job", "catalog.sweepCatalog"],
] as const;

before(async () => {
  // One server for this process and the tests that it starts.
  process.env[TEST_SERVER_VARIABLE] = await testServerUrl();
  for (const words of CALLS) {
    const { code, stdout, stderr } = await shop.run("new", ...words);
    assert.deepEqual([code, stderr], [0, ""], `${words.join(" ")}\n${stdout}${stderr}`);
  }
});

test("what is generated is formatted, and compiles with the host and all modules", async () => {
  const formatted = await shop.tool("biome", "ci", "--vcs-enabled=false", "shop", "tsconfig.json");
  assert.equal(formatted.code, 0, formatted.stdout + formatted.stderr);
  const compiled = await shop.tool("tsc", "-b", "shop/hosts/monolith");
  assert.equal(compiled.code, 0, compiled.stdout);
});

test("ashlar check finds nothing that it did not find before", async () => {
  assert.deepEqual(await violations(), violationsBefore);
});

test("the generated tests pass on a real PostgreSQL, and the app boots with all that there is now", async () => {
  const files = [
    "billing/test/on-order-shipped",
    "billing/test/void-invoice",
    "catalog/test/count-products",
    "catalog/test/sweep-catalog",
    "gift-cards/test/gift-cards",
    "ordering/test/count-orders",
    "ordering/test/reorder",
    "ordering/test/send-reminder",
    "shipping/test/on-payment-captured",
    "shipping/test/on-sent",
    "shipping/test/send-shipment",
    "shipping/test/shipping",
    "shipping/test/track-parcels",
  ].map((file) => `shop/modules/${file}.test.ts`);
  // In one process: to load the framework thirteen times takes longer than all else.
  const flags = ["--import", "ashlar/boundary/register", "--test", "--test-isolation=none"];
  const ran = await shop.tool("node", ...flags, ...files);
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, /pass 28\b/);
  const composed = await shop.tool(
    "node",
    "--import",
    "ashlar/boundary/register",
    "--input-type=module",
    "--eval",
    'import { composeShop } from "./shop/hosts/monolith/shop.ts";\n' +
      'const payments = { url: "http://127.0.0.1:1", key: "k", webhookSecret: "0123456789abcdef" };\n' +
      "composeShop({ payments, mailer: { send: async () => 'sent' }, unpaidMinutes: 1 });",
  );
  assert.equal(composed.code, 0, composed.stderr);
});

test("npm has nothing left to do: packages are linked, and the lock is what it would write", async () => {
  assert.equal(text("node_modules/@shop/shipping/package.json"), text("shop/modules/shipping/package.json"));
  const lock = JSON.parse(text("package-lock.json"));
  assert.deepEqual(lock.packages["node_modules/@shop/gift-cards"], {
    resolved: "shop/modules/gift-cards",
    link: true,
  });
  for (const directory of ["shop/modules/shipping", "shop/modules/billing", "shop/hosts/monolith"]) {
    const { dependencies } = JSON.parse(text(`${directory}/package.json`));
    assert.deepEqual(lock.packages[directory].dependencies, dependencies, directory);
  }
  const keys = Object.keys(lock.packages);
  assert.deepEqual(
    keys,
    keys.toSorted((a, b) => a.localeCompare(b, "en")),
  );
});

test("migrations go on counting, and READMEs name what is new", () => {
  assert.ok(existsSync(join(shop.root, "shop/modules/ordering/migrations/0003_add_gift_note.sql")));
  assert.match(
    text("shop/modules/ordering/README.md"),
    /^\| `POST \/v1\/orders\/\{id\}\/reorder` .*`orders:write`/m,
  );
  assert.match(
    text("shop/modules/catalog/README.md"),
    /^\| `countProducts` \| query \| `GET \/v1\/product-count` \|/m,
  );
  assert.match(
    text("shop/modules/billing/README.md"),
    /^\| `onOrderShipped` \| `ordering\.orderShipped` \|/m,
  );
});

/** What `ashlar check` says, without the counts. */
async function violations(): Promise<unknown> {
  const { stdout, stderr } = await shop.run("check", "--json");
  assert.equal(stderr, "");
  return JSON.parse(stdout).violations;
}
