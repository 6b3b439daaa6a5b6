import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { OPERATOR, openScene, type Scene } from "./scene.ts";

let scene: Scene;
before(async () => {
  scene = await openScene({ endpoints: () => [{ kind: "read", path: "/now", read: async () => ({}) }] });
});
after(() => scene.stop());

test("streams end when the edge stops, so that it need not wait for them", async () => {
  const answer = await fetch(`${scene.edge.url}/console/api/live?topics=now`, {
    headers: { cookie: `ashlar-console=${OPERATOR}` },
  });
  const reader = answer.body!.getReader();
  await reader.read();
  const began = performance.now();
  const stopping = scene.edge.stop();
  for (;;) {
    const { done } = await reader.read();
    if (done) break;
  }
  await stopping;
  assert.ok(performance.now() - began < 5_000, "and not after the 15 s that requests get");
});
