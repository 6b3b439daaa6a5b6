import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { canvasesOf, purposeOf } from "../../src/graph/canvas.ts";
import { canvasMarkdown } from "../../src/graph/canvas-markdown.ts";
import { sectionsOf } from "../../src/graph/canvas-sections.ts";
import { canvasText } from "../../src/graph/canvas-text.ts";
import { hostileCanvas } from "./hostile.ts";
import { app, graph, project } from "./shop-graph.ts";

const canvases = await canvasesOf(project, app, graph);
const ordering = canvases.find(({ module }) => module === "ordering")!;
const billing = canvases.find(({ module }) => module === "billing")!;

test("the canvas of ordering says what it is for, what it holds and whom it needs", () => {
  assert.match(ordering.purpose!, /^From the cart to the order and its end\. .*billing's events only\.$/);
  assert.equal(ordering.directory, "shop/modules/ordering");
  assert.deepEqual(ordering.tables, ["cart_items", "carts", "order_lines", "order_mails", "orders"]);
  assert.deepEqual(ordering.calls, [
    { operation: "identity.findContact", isAtomic: false },
    { operation: "catalog.reserveStock", isAtomic: true },
    { operation: "catalog.releaseStock", isAtomic: true },
    { operation: "billing.issueInvoice", isAtomic: true },
    { operation: "billing.creditInvoice", isAtomic: true },
  ]);
  assert.deepEqual(ordering.calledBy, []);
  assert.deepEqual(ordering.reads, ["catalog.productListing"]);
  assert.deepEqual(ordering.ports, ["mail"]);
  assert.deepEqual(ordering.settings, [{ name: "unpaidMinutes", isRequired: true }]);
  assert.deepEqual(ordering.jobs, [
    { name: "expireOrders", queue: "default", schedules: ["every 1m"] },
    { name: "sendOrderMail", queue: "mail", schedules: [] },
  ]);
  assert.deepEqual(
    ordering.routes.find(({ operation }) => operation === "placeOrder"),
    { method: "POST", path: "/v1/orders", auth: "signed in, scope orders:write", operation: "placeOrder" },
  );
});

test("the canvas of billing says who calls it and who takes in its events", () => {
  assert.deepEqual(billing.calledBy, [
    { module: "ordering", operations: ["issueInvoice", "creditInvoice"], atomic: 2 },
  ]);
  assert.deepEqual(billing.publishes, [
    { event: "paymentCaptured", version: 1, subscribers: ["ordering.markOrderPaid"] },
    { event: "paymentDeclined", version: 1, subscribers: [] },
    { event: "paymentRefunded", version: 1, subscribers: ["ordering.markOrderRefunded"] },
  ]);
  assert.deepEqual(billing.jobs.at(-1), {
    name: "reconcile",
    queue: "default",
    schedules: ["0 3 * * * UTC"],
  });
  assert.deepEqual(billing.operations[0], { name: "issueInvoice", kind: "command", transaction: "joins" });
});

test("the purpose is the first paragraph that is prose", (context) => {
  const root = mkdtempSync(join(tmpdir(), "ashlar-purpose-"));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  const file = join(root, "README.md");
  const purposes: readonly [string, string | null][] = [
    ["# orders\n\nFrom the cart\nto the order.\n\nMore.\n", "From the cart to the order."],
    ["# orders\r\nAt once.\r\n", "At once."],
    ["[![build](x)](y)\n\n<!-- a\n\nb -->\n\n- a list\n\nProse.", "Prose."],
    ["# orders\n", null],
  ];
  for (const [text, purpose] of purposes) {
    writeFileSync(file, text);
    assert.equal(purposeOf(file), purpose, text);
  }
  assert.equal(purposeOf(join(root, "none.md")), null);
});

test("every form has the same parts, and none that is empty", () => {
  const titles = sectionsOf(billing).map(({ title }) => title);
  assert.deepEqual(titles, [
    "Called by",
    "Operations",
    "Events out",
    "Jobs",
    "Routes",
    "Tables",
    "Ports",
    "Settings",
  ]);
  const text = canvasText(billing, 80);
  const markdown = canvasMarkdown(billing);
  for (const title of titles) {
    assert.ok(text.split("\n").includes(title), title);
    assert.ok(markdown.split("\n").includes(`## ${title}`), title);
  }
});

test("a canvas fits a terminal, but for single words that do not", () => {
  for (const line of canvasText(ordering, 80).split("\n")) assert.ok(line.length <= 80, line);
});

test("tables of Markdown keep their columns whatever their cells hold", () => {
  const rows = canvasMarkdown(hostileCanvas)
    .split("\n")
    .filter((line) => line.startsWith("|"));
  for (const row of rows) assert.match(row, /^\|( (\\.|[^|\\<])* \|)+$/);
});
