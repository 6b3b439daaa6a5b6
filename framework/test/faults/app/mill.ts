import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { type App, createApp, defineModule, type Module } from "../../../src/module/index.ts";
import {
  bakery,
  call,
  defer,
  flaky,
  grind,
  inBakery,
  inMill,
  inOffice,
  mill,
  numberOf,
  office,
  quick,
  rest,
  TICK_MS,
  tick,
} from "./definitions.ts";
import { poisonHandlers } from "./poisons.ts";

const millModule = defineModule(inMill, {
  migrations: new URL("migrations/mill/", import.meta.url),
  handlers: [
    inMill.handle(mill.send, async ({ key, count }, { sql, publish }) => {
      // Locks the key until the commit, so that its events are published in the order of their numbers.
      const [row] = await sql<{ number: number }>`
        insert into mill.counters as c (key, number) values (${key}, ${count})
        on conflict (key) do update set number = c.number + excluded.number returning number`;
      for (let number = row!.number - count + 1; number <= row!.number; number++) {
        await publish(mill.sent, { key, number }, { key });
      }
      return {};
    }),
  ],
  jobs: [
    inMill.perform(grind, async ({ ms }, { sql, job, settings: { instance }, signal }) => {
      await sql`insert into mill.effects (job, attempt, instance)
        values (${numberOf(job.id)}, ${job.attempt}, ${instance})`;
      if (ms > 0) await delay(ms, undefined, { signal });
    }),
    inMill.perform(call, async ({ ms }, { sql, job, settings: { instance }, signal }) => {
      if (ms > 0) await delay(ms, undefined, { signal });
      await sql`insert into mill.outside (job, attempt, instance)
        values (${numberOf(job.id)}, ${job.attempt}, ${instance})`;
    }),
    inMill.perform(rest, async ({ ms }, { signal }) => {
      if (ms > 0) await delay(ms, undefined, { signal });
    }),
    inMill.perform(defer, async ({ ms }, { sql, job, settings: { instance }, enqueue }) => {
      await sql`insert into mill.effects (job, attempt, instance)
        values (${numberOf(job.id)}, ${job.attempt}, ${instance})`;
      await enqueue(grind, { ms: 0 }, { delayMs: ms, tags: [job.id] });
    }),
    inMill.perform(flaky, async (_, { sql, job, settings: { instance } }) => {
      await sql`insert into mill.outside (job, attempt, instance)
        values (${numberOf(job.id)}, ${job.attempt}, ${instance})`;
      if (job.attempt < 3) throw new Error(`not at attempt ${job.attempt}`);
    }),
    ...poisonHandlers,
  ],
});

const bakeryModule = defineModule(inBakery, {
  migrations: new URL("migrations/bakery/", import.meta.url),
  handlers: [{ operation: bakery.look, run: async () => ({}) }],
  on: [
    inBakery.on(
      mill.sent,
      { name: "fold", inOrder: true, ...quick },
      async (sent, { sql, settings: { instance } }) => {
        const { key, number } = sent.payload;
        await sql`insert into bakery.received (subscriber, event_id, key, number, instance)
        values ('fold', ${sent.id}, ${key}, ${number}, ${instance})`;
        await sql`insert into bakery.totals as t (key, folded) values (${key}, ${number}::integer)
        on conflict (key) do update set folded = (t.folded * 31 + ${number}::integer) % 1000000007`;
      },
    ),
    inBakery.on(mill.sent, { name: "sum", ...quick }, async (sent, { sql, settings: { instance } }) => {
      const { key, number } = sent.payload;
      await sql`insert into bakery.received (subscriber, event_id, key, number, instance)
        values ('sum', ${sent.id}, ${key}, ${number}, ${instance})`;
    }),
  ],
});

function officeModule(schedules: number): Module {
  return defineModule(inOffice, {
    migrations: new URL("migrations/office/", import.meta.url),
    handlers: [{ operation: office.look, run: async () => ({}) }],
    jobs: [
      inOffice.perform(tick, async ({ schedule }, { sql, job, settings: { instance } }) => {
        await sql`insert into office.ticks (schedule, scheduled_for, job, instance)
          values (${schedule}, ${job.scheduledFor}, ${numberOf(job.id)}, ${instance})`;
      }),
    ],
    schedules: Array.from({ length: schedules }, (_, index) =>
      inOffice.schedule(`tick${index}`, {
        everyMs: TICK_MS,
        job: tick,
        payload: { schedule: `tick${index}` },
        catchUp: "all",
      }),
    ),
  });
}

/** `instance` is written beside every effect. */
export function millApp(instance: string, options: { schedules?: number; logLevel?: string } = {}): App {
  const mine = { instance };
  return createApp({
    name: "faults",
    modules: [millModule, bakeryModule, officeModule(options.schedules ?? 0)],
    settings: { mill: mine, bakery: mine, office: mine },
    log: pino({ level: options.logLevel ?? "silent" }),
  });
}
