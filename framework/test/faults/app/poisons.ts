import { setTimeout as delay } from "node:timers/promises";
import { exhausts, hangs, ignores, inMill, numberOf, throws } from "./definitions.ts";

const hoard: unknown[] = [];

export const poisonHandlers = [
  inMill.perform(throws, async () => {
    throw new Error("always");
  }),
  inMill.perform(hangs, async (_, { sql, job, settings: { instance } }) => {
    await sql`insert into mill.effects (job, attempt, instance)
      values (${numberOf(job.id)}, ${job.attempt}, ${instance})`;
    await new Promise(() => {});
  }),
  inMill.perform(ignores, async ({ ms }, { sql, job, settings: { instance } }) => {
    await delay(ms);
    await sql`insert into mill.effects (job, attempt, instance)
      values (${numberOf(job.id)}, ${job.attempt}, ${instance})`;
  }),
  inMill.perform(exhausts, async () => {
    for (;;) {
      for (let i = 0; i < 100; i++) hoard.push(new Array(10_000).fill(i));
      // Lets the rest of the process live until it dies.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }),
];
