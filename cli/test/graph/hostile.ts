// Modules and canvases with names and texts that would break out of any form that does not escape them.

import type { ModuleGraph } from "@ashlar/graph";
import type { Canvas } from "../../src/graph/canvas.ts";

export const HOSTILE = `"]-->|x| </title><script>alert('1')</script> & \u0001\u001b[31m`;

export const hostileGraph: ModuleGraph = {
  name: HOSTILE,
  modules: [HOSTILE, "plain"].map((name) => ({
    name,
    isHere: true,
    commands: 1,
    queries: 1,
    events: 1,
    views: 1,
    jobs: 1,
    routes: 1,
  })),
  edges: [
    {
      kind: "calls",
      from: HOSTILE,
      to: "plain",
      operations: [{ id: `plain.${HOSTILE}`, kind: "command", isAtomic: true, places: [HOSTILE] }],
      isExact: true,
      offered: 1,
    },
    { kind: "reads", from: "plain", to: HOSTILE, views: [`${HOSTILE}.view`] },
    {
      kind: "events",
      from: HOSTILE,
      to: "plain",
      deliveries: [{ event: HOSTILE, subscriber: HOSTILE, inOrder: true }],
    },
  ],
};

export const hostileCanvas: Canvas = {
  module: HOSTILE,
  directory: HOSTILE,
  purpose: HOSTILE,
  owners: [HOSTILE],
  ownersFile: HOSTILE,
  tables: [HOSTILE],
  operations: [{ name: HOSTILE, kind: "command", transaction: HOSTILE }],
  publishes: [{ event: HOSTILE, version: 1, subscribers: [HOSTILE] }],
  subscribes: [{ event: HOSTILE, subscriber: HOSTILE, inOrder: true }],
  jobs: [{ name: HOSTILE, queue: HOSTILE, schedules: [HOSTILE] }],
  routes: [{ method: HOSTILE, path: HOSTILE, auth: HOSTILE, operation: HOSTILE }],
  views: [HOSTILE],
  reads: [HOSTILE],
  ports: [HOSTILE],
  settings: [{ name: HOSTILE, isRequired: false }],
  calls: [{ operation: HOSTILE, isAtomic: true }],
  calledBy: [{ module: HOSTILE, operations: [HOSTILE], atomic: 1 }],
};
