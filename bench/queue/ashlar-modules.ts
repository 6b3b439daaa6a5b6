import { closed, contract, event, Type } from "ashlar/contract";
import { define, defineModule } from "ashlar/module";
import type { Perform } from "./system.ts";

/** As many at once as the peers are given. */
const CONCURRENCY = 24;

/** Four modules, each with a job, an event and a subscriber; `noop` is the job that is measured. */
export function benchModules(perform: Perform) {
  const mailing = contract("mailing", { mailSent: event({ version: 1, payload: closed({}) }) });
  const definition = define(mailing, { queues: { default: { concurrency: CONCURRENCY } } });
  const noop = definition.job("noop", { payload: closed({ i: Type.Integer() }) });
  const flooded = defineModule(definition, {
    handlers: [],
    jobs: [definition.perform(noop, async ({ i }) => perform(i))],
  });
  return { noop, modules: [flooded, ...["catalog", "ordering", "billing"].map(quietModule)] };
}

/** A module that has work to do, only not now. */
function quietModule(name: string) {
  const own = contract(name, { somethingHappened: event({ version: 1, payload: closed({}) }) });
  const { job, perform, on, schedule, ...definition } = define(own);
  const tidyUp = job("tidyUp", { payload: closed({}) });
  return defineModule(
    { job, perform, on, schedule, ...definition },
    {
      handlers: [],
      jobs: [perform(tidyUp, async () => {})],
      on: [on(own.somethingHappened, { name: "takeNote" }, async () => {})],
      schedules: [schedule("tidyUpNightly", { cron: "0 3 1 1 *", job: tidyUp, payload: {} })],
    },
  );
}
