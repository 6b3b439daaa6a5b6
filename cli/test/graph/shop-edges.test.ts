import assert from "node:assert/strict";
import { test } from "node:test";
import { around, atomicEdges, byLayer } from "@ashlar/graph";
import { app, graph } from "./shop-graph.ts";

test("the shop's edges are those of its definitions and its code", () => {
  assert.deepEqual(
    graph.edges.map((edge) => {
      const names =
        edge.kind === "calls"
          ? edge.operations.map(({ id, isAtomic }) => `${id}${isAtomic ? " atomic" : ""}`)
          : edge.kind === "reads"
            ? edge.views
            : edge.deliveries.map(({ event, subscriber }) => `${event} to ${subscriber}`);
      return `${edge.from} ${edge.kind} ${edge.to}: ${names.join(", ")}`;
    }),
    [
      "ordering calls identity: identity.findContact",
      "ordering calls catalog: catalog.reserveStock atomic, catalog.releaseStock atomic",
      "ordering calls billing: billing.issueInvoice atomic, billing.creditInvoice atomic",
      "ordering reads catalog: catalog.productListing",
      "billing events ordering: billing.paymentCaptured to markOrderPaid, billing.paymentRefunded to markOrderRefunded",
      "ordering events ordering: ordering.orderPlaced to mailOrderPlaced, ordering.orderPaid to mailOrderPaid, " +
        "ordering.orderCancelled to mailOrderCancelled, ordering.orderExpired to mailOrderExpired, " +
        "ordering.orderRefunded to mailOrderRefunded",
    ],
  );
});

test("every call says how many operations were on offer, and that the code told which are called", () => {
  const calls = graph.edges.flatMap((edge) => (edge.kind === "calls" ? [edge] : []));
  assert.deepEqual(
    calls.map(({ to, offered, isExact }) => [to, offered, isExact]),
    calls.map(({ to }) => [to, app.modules.find(({ name }) => name === to)!.operations.length, true]),
  );
});

test("an atomic edge is a joins command that is called, with the places where", () => {
  const edges = atomicEdges(graph);
  assert.deepEqual(
    edges.map(({ from, operation }) => `${from} ${operation}`),
    [
      "ordering catalog.reserveStock",
      "ordering catalog.releaseStock",
      "ordering billing.issueInvoice",
      "ordering billing.creditInvoice",
    ],
  );
  for (const { places } of edges) {
    for (const place of places) assert.match(place, /^shop\/modules\/ordering\/src\/[a-z-]+\.ts:\d+$/);
  }
});

test("the graph is plain JSON", () => {
  assert.deepEqual(JSON.parse(JSON.stringify(graph)), graph);
});

test("a module and its neighbours: the edges that touch it, and nobody else", () => {
  const near = around(graph, "billing");
  assert.deepEqual(
    near.modules.map(({ name }) => name),
    ["billing", "ordering"],
  );
  assert.deepEqual(
    near.edges.map(({ kind }) => kind),
    ["calls", "events"],
  );
});

test("the shop's callers come before what they call", () => {
  assert.equal(byLayer(graph)[0], "ordering");
});
