import assert from "node:assert/strict";
import { test } from "node:test";
import { around } from "@ashlar/graph";
import type { ObservedEdge } from "ashlar/module";
import { compare } from "../../src/graph/comparison.ts";
import { HOW_TO_OBSERVE } from "../../src/graph/comparison-sections.ts";
import { comparisonText } from "../../src/graph/comparison-text.ts";
import type { Observed } from "../../src/observed/observed.ts";
import { graph } from "./shop-graph.ts";

const AT = "2026-05-04T10:00:00.000Z";
const edge = (kind: ObservedEdge["kind"], from: string, to: string, count = 1): ObservedEdge => ({
  kind,
  from,
  to,
  count,
  firstAt: AT,
  lastAt: AT,
});
const observed = (...edges: readonly ObservedEdge[]): Observed => ({
  edges,
  reads: {},
  present: {},
  sources: [{ kind: "test", name: "shop/test/purchase.test.ts", at: AT }],
});
const EVERYTHING = [
  edge("call", "ordering.sendOrderMail", "identity.findContact", 7),
  edge("call", "ordering.placeOrder", "catalog.reserveStock", 5),
  edge("call", "ordering.cancelOrder", "catalog.releaseStock"),
  edge("call", "ordering.expireOrders", "catalog.releaseStock", 1200),
  edge("call", "ordering.placeOrder", "billing.issueInvoice", 5),
  edge("call", "ordering.cancelOrder", "billing.creditInvoice"),
  edge("read", "ordering.getCart", "catalog.productListing"),
  edge("delivery", "ordering.on.markOrderPaid", "billing.paymentCaptured"),
  edge("delivery", "ordering.on.markOrderRefunded", "billing.paymentRefunded"),
  ...["Placed", "Paid", "Cancelled", "Expired", "Refunded"].map((name) =>
    edge("delivery", `ordering.on.mailOrder${name}`, `ordering.order${name}`),
  ),
];

test("nothing is unused when all of it was seen", () => {
  assert.deepEqual(compare(graph, observed(...EVERYTHING)).unused, []);
});

test("what is declared and was never seen is listed, with its places in the code", () => {
  for (const missing of EVERYTHING) {
    const { unused } = compare(graph, observed(...EVERYTHING.filter(({ to }) => to !== missing.to)));
    assert.deepEqual(
      unused.map(({ kind, to }) => [kind, to]),
      [[missing.kind, missing.to]],
    );
    if (missing.kind === "call") assert.ok(unused[0]!.places.length > 0);
  }
});

test("a call of one path only names the path; one with two is not among them", () => {
  assert.deepEqual(
    compare(graph, observed(...EVERYTHING)).singlePath.map(({ from, to }) => `${to} by ${from}`),
    [
      "identity.findContact by ordering.sendOrderMail",
      "catalog.reserveStock by ordering.placeOrder",
      "billing.issueInvoice by ordering.placeOrder",
      "billing.creditInvoice by ordering.cancelOrder",
    ],
  );
});

test("what was seen goes from often to rarely, without what a module does with itself", () => {
  const { seen } = compare(graph, observed(...EVERYTHING));
  assert.equal(seen[0]!.count, 1200);
  assert.ok(seen.every(({ to }) => !to.startsWith("ordering.")));
});

test("of a module and its neighbours, what the neighbours do with each other is left out", () => {
  const { seen, singlePath, unused } = compare(around(graph, "billing"), observed(...EVERYTHING), "billing");
  assert.deepEqual(unused, []);
  assert.ok(seen.length > 0 && seen.every(({ to }) => to.startsWith("billing.")));
  assert.deepEqual(
    singlePath.map(({ to }) => to),
    ["billing.issueInvoice", "billing.creditInvoice"],
  );
});

test("where the code does not tell what is called, the use as a whole is what may be unused", () => {
  const vague = {
    ...graph,
    edges: graph.edges.map((each) => (each.kind === "calls" ? { ...each, isExact: false } : each)),
  };
  const { unused } = compare(
    vague,
    observed(...EVERYTHING.filter(({ to }) => !to.startsWith("billing.issue"))),
  );
  assert.deepEqual(unused, []);
  const withoutIdentity = compare(
    vague,
    observed(...EVERYTHING.filter(({ to }) => !to.startsWith("identity."))),
  );
  assert.deepEqual(withoutIdentity.unused, [{ kind: "call", from: "ordering", to: "identity", places: [] }]);
});

test("a terminal is told counts, how long ago, and from what", () => {
  const text = comparisonText(compare(graph, observed(...EVERYTHING)), 100, Date.parse(AT) + 7_200_000);
  assert.match(text, /1 test file, last run 2026-05-04 10:00 UTC/);
  assert.match(text, /Everything that is declared was seen\./);
  assert.match(text, /ordering\.expireOrders +calls +catalog\.releaseStock +1,200 {2}2h/);
});

test("without observations nothing is called unused, and the way to get some is told", () => {
  const nothing = compare(graph, { ...observed(), sources: [] });
  assert.deepEqual(nothing.unused, []);
  assert.equal(comparisonText(nothing, 1000), HOW_TO_OBSERVE);
});
