import assert from "node:assert/strict";
import { before, test } from "node:test";
import { eventually } from "../../../src/testing/index.ts";
import { startWireProxy } from "../../postgres/wire-proxy.ts";
import { type Lab, startLab } from "./lab.ts";

let lab: Lab;

before(async () => {
  lab = await startLab();
});

for (const pollOnly of [false, true]) {
  test(`an idle worker sends one statement for each beat of its heart${pollOnly ? ", poll-only too" : ""}`, async (t) => {
    const proxy = await startWireProxy(lab.address.port);
    t.after(() => proxy.stop());
    // Asked with every beat, so the sequence counts the beats.
    const due = "nextval('shipping._event_ids') < 0";
    const tasks = [{ name: "counter", due, run: async () => false }];
    const instance = await lab.start({ tasks, port: proxy.port, options: { pollOnly, pollMs: 20 } });
    await eventually("ten beats take ten statements", async () => {
      const [sent, from] = [proxy.roundTrips, await lastBeat()];
      await eventually("ten beats", async () => (await lastBeat()) >= from + 10);
      return proxy.roundTrips - sent <= (await lastBeat()) - from + 1;
    });
    assert.ok(instance.pool.stats().size <= 3);
    await instance.stop();
  });
}

async function lastBeat(): Promise<number> {
  const [row] = await lab.admin<{ last: number }>`select last_value::int as last from shipping._event_ids`;
  return row!.last;
}
