import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Slots, type SlotsOfModule } from "../../../src/jobs/worker/slots.ts";

const modules = fc.array(
  fc.record({
    weight: fc.integer({ min: 1, max: 5 }),
    queues: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 5 },
);

/** Which queue wants a slot (or gives one back), as numbers that are taken modulo what there is. */
const steps = fc.array(fc.record({ takes: fc.boolean(), module: fc.nat(), queue: fc.nat() }), {
  maxLength: 120,
});

test("no queue passes its concurrency, no instance its slots, and an idle module can always start", () => {
  fc.assert(
    fc.property(modules, fc.integer({ min: 1, max: 24 }), steps, (drawn, size, walk) => {
      const named = drawn.map(({ weight, queues }, index) => ({
        module: `m${index}`,
        weight,
        queues: Object.fromEntries(queues.map((concurrency, queue) => [`q${queue}`, { concurrency }])),
      }));
      const slots = new Slots(size, named);
      const running = new Map<string, number>();
      for (const { takes, module, queue } of walk) {
        const chosen = named[module % named.length]!;
        const names = Object.keys(chosen.queues);
        const name = names[queue % names.length]!;
        const key = `${chosen.module}:${name}`;
        const before = running.get(key) ?? 0;
        assert.equal(slots.canTake(chosen.module, name), slots.room(chosen.module, name) > 0);
        if (takes && slots.canTake(chosen.module, name)) {
          slots.take(chosen.module, name);
          running.set(key, before + 1);
        } else if (!takes && before > 0) {
          slots.give(chosen.module, name);
          running.set(key, before - 1);
        }
        assert.ok((running.get(key) ?? 0) <= chosen.queues[name]!.concurrency);
        assert.ok(slots.taken <= slots.size);
        assert.equal(
          slots.taken,
          [...running.values()].reduce((sum, count) => sum + count, 0),
        );
        for (const each of idleModules(named, running))
          assert.ok(slots.canTake(each, "q0"), `${each} can start`);
      }
    }),
  );
});

test("room is exactly how many can be taken one after the other", () => {
  fc.assert(
    fc.property(modules, fc.integer({ min: 1, max: 24 }), steps, (drawn, size, walk) => {
      const named = drawn.map(({ weight }, index) => ({
        module: `m${index}`,
        weight,
        queues: { q0: { concurrency: 30 } },
      }));
      const slots = new Slots(size, named);
      for (const { module } of walk.slice(0, 10)) {
        const name = `m${module % named.length}`;
        if (slots.canTake(name, "q0")) slots.take(name, "q0");
      }
      const room = slots.room("m0", "q0");
      let taken = 0;
      for (; slots.canTake("m0", "q0"); taken++) slots.take("m0", "q0");
      assert.equal(taken, room);
    }),
  );
});

test("alone a module has all slots; beside others it leaves one for each that is below its share", () => {
  const alone = new Slots(24, [moduleOf("a", 1, 100)]);
  assert.equal(alone.room("a", "default"), 24);
  const shared = new Slots(24, [moduleOf("a", 1, 100), moduleOf("b", 1, 100), moduleOf("c", 1, 100)]);
  flood(shared, "a");
  assert.equal(shared.taken, 22);
  shared.take("b", "default");
  assert.equal(shared.canTake("a", "default"), false);
  assert.equal(shared.canTake("b", "default"), false, "the last free slot is for c");
  shared.give("a", "default");
  assert.equal(shared.canTake("a", "default"), false, "the flood yields until the others have their share");
  assert.equal(shared.canTake("b", "default"), true);
});

test("with all wanting all, modules end up with slots by weight", () => {
  const weights = { a: 1, b: 2, c: 3 };
  const slots = new Slots(
    24,
    Object.entries(weights).map(([name, weight]) => moduleOf(name, weight, 100)),
  );
  flood(slots, "a");
  for (let round = 0; round < 200; round++) {
    const longest = Object.keys(weights).sort((x, y) => slots.usage(y) - slots.usage(x))[0]!;
    slots.give(longest, "default");
    const next = Object.keys(weights)
      .filter((name) => slots.canTake(name, "default"))
      .sort((x, y) => slots.usage(x) - slots.usage(y))[0];
    if (next !== undefined) slots.take(next, "default");
  }
  const shares = Object.keys(weights).map((name) => slots.runningIn(name, "default"));
  for (const [index, share] of shares.entries()) {
    assert.ok(Math.abs(share - 4 * (index + 1)) <= 2, `${shares} is about 4, 8, 12`);
  }
});

test("an instance with fewer slots than modules has one for each", () => {
  const slots = new Slots(1, [moduleOf("a", 1, 5), moduleOf("b", 1, 5)]);
  flood(slots, "a");
  assert.equal(slots.runningIn("a", "default"), 1);
  assert.equal(slots.canTake("b", "default"), true);
});

function moduleOf(module: string, weight: number, concurrency: number): SlotsOfModule {
  return { module, weight, queues: { default: { concurrency } } };
}

function flood(slots: Slots, module: string): void {
  while (slots.canTake(module, "default")) slots.take(module, "default");
}

function idleModules(modules: readonly SlotsOfModule[], running: ReadonlyMap<string, number>): string[] {
  return modules
    .filter(({ module, queues }) =>
      Object.keys(queues).every((queue) => (running.get(`${module}:${queue}`) ?? 0) === 0),
    )
    .map(({ module }) => module);
}
