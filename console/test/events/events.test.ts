import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "ashlar/testing";
import type { Events, RecentEventsView } from "../../api/events.ts";
import { lost, openPostOffice, taken } from "../jobs/post-office.ts";

const office = await openPostOffice();

const SUBSCRIBER = "archive.keep";
const keep = async () => {
  const { subscribers } = await office.get<Events>("/events");
  return subscribers.find(({ module, name }) => `${module}.${name}` === SUBSCRIBER)!;
};

test("a poison event is seen with its error, redriven, and discarded", async () => {
  lost.add("nemo");
  await office.post("anna", "event");
  await office.post("nemo", "event");
  const dead = await eventually("the delivery has died", async () => {
    const subscriber = await keep();
    return subscriber.dead.count === 1 ? subscriber : null;
  });
  assert.deepEqual(
    [dead.event, dead.inOrder, dead.queue, dead.pending.count, dead.paused, dead.isDeclared],
    ["letters.posted", true, "default", 0, null, true],
  );
  assert.match(dead.poison!.message, /no shelf for nemo/);
  assert.match(dead.poison!.job, /^archive:\d+$/);

  const found = await office.dryRun("/events/redrive", { subscriber: SUBSCRIBER });
  assert.deepEqual([found.count, found.summary], [1, "would retry 1 dead delivery"]);
  await office.act("/events/redrive", { subscriber: SUBSCRIBER });
  await eventually("it has died again", async () => (await keep()).dead.count === 1);
  lost.clear();
  await office.act("/events/redrive", { subscriber: SUBSCRIBER });
  await eventually("it is taken in", () => taken.includes("nemo"));

  lost.add("nemo");
  await office.post("nemo", "event");
  await eventually("another has died", async () => (await keep()).dead.count === 1);
  const done = await office.act("/events/discard", { subscriber: SUBSCRIBER });
  assert.equal(done.summary, "discarded 1 dead delivery");
  assert.equal((await keep()).poison, null);
});

test("recent events are listed with their payload, the newest first", async () => {
  for (let number = 0; number < 120; number++) await office.post(`reader ${number}`, "event");
  await eventually("all are handed over", async () => {
    const { outboxes } = await office.get<Events>("/events");
    return outboxes.every(({ depth }) => depth.count === 0);
  });
  const seen: unknown[] = [];
  let after: string | null = "";
  while (after !== null) {
    const page: RecentEventsView = await office.get(`/events/recent?publisher=letters&after=${after}`);
    seen.push(...page.events.map(({ payload }) => (payload as { to: string }).to));
    after = page.next;
  }
  assert.equal(seen[0], "reader 119");
  assert.equal(new Set(seen).size, 122);
  assert.equal(seen.length, 123);
  const none = await office.get<RecentEventsView>("/events/recent?event=letters.burnt");
  assert.deepEqual([none.events.length, none.next], [0, null]);
});

test("a replay delivers the events of its period again, and only counts in a dry run", async () => {
  lost.clear();
  const since = Date.now();
  await office.post("twice", "event");
  const times = () => taken.filter((to) => to === "twice").length;
  await eventually("it is taken in", () => times() === 1);
  const input = { subscriber: SUBSCRIBER, since };
  const found = await office.dryRun("/events/replay", input);
  assert.deepEqual([found.count, found.isAtLeast], [1, false]);
  assert.equal((await office.dryRun("/events/replay", { ...input, since: 0, until: since })).count, 123);
  const done = await office.act("/events/replay", input);
  assert.equal(done.summary, `delivers 1 event to ${SUBSCRIBER} again`);
  await eventually("it is taken in again", () => times() === 2);
});

test("the subscriber of a paused queue is behind, and says that it is paused", async () => {
  const place = { module: "archive", queue: "default" };
  await office.act("/queues/pause", place);
  await office.post("anna", "event");
  const behind = await eventually("a delivery waits", async () => {
    const subscriber = await keep();
    return subscriber.pending.count === 1 ? subscriber : null;
  });
  assert.equal(behind.paused!.by, "account:operator");
  assert.ok(behind.lagMs! >= 0);
  await office.act("/queues/resume", place);
  await eventually("it is up to date", async () => (await keep()).lagMs === null);
});

test("what makes no sense is refused", async () => {
  const reason = "a test wants it";
  const since = Date.now() - 1_000;
  for (const [path, body, text] of [
    ["/events/replay", { subscriber: "archive.burn", since }, /is no subscriber/],
    ["/events/replay", { subscriber: "nowhere", since }, /is no subscriber/],
    ["/events/replay", { subscriber: SUBSCRIBER }, /body\/since/],
    ["/events/replay", { subscriber: SUBSCRIBER, since, until: since }, /is after `since`/],
    ["/events/redrive", {}, /body\/subscriber/],
  ] as const) {
    const refusal = await office.refusalOf(path, { ...body, reason });
    assert.equal(refusal.status, 400, path);
    assert.match(refusal.text, text);
  }
  assert.equal((await office.refusalOf("/events/recent?publisher=nowhere")).status, 400);
  assert.equal((await office.refusalOf("/events/recent?after=nonsense")).status, 400);
  const reader = await office.refusalOf("/events/redrive", { subscriber: SUBSCRIBER, reason }, "support");
  assert.equal(reader.status, 403);
});
