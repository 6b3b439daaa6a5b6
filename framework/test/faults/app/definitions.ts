// The app that the faults happen to: `mill` works on jobs and publishes, `bakery` subscribes, `office` has schedules.
import { closed, command, contract, event, query, Type } from "../../../src/contract/index.ts";
import { define } from "../../../src/module/index.ts";

const nothing = closed({});
const settings = closed({ instance: Type.String() });
const Work = closed({
  /** How long it takes. */
  ms: Type.Integer({ minimum: 0 }),
});

export const mill = contract("mill", {
  send: command({
    transaction: "own",
    input: closed({ key: Type.String(), count: Type.Integer() }),
    output: nothing,
  }),
  sent: event({ version: 1, payload: closed({ key: Type.String(), number: Type.Integer() }) }),
});
export const bakery = contract("bakery", { look: query({ input: nothing, output: nothing }) });
export const office = contract("office", { look: query({ input: nothing, output: nothing }) });

export const inMill = define(mill, { settings });
export const inBakery = define(bakery, { settings });
export const inOffice = define(office, { settings });

// Attempts follow each other quickly, else every test would wait for the default backoff.
export const quick = { maxAttempts: 20, backoff: () => 50 };

/** Its effect is in the transaction of its attempt. */
export const grind = inMill.job("grind", { payload: Work, ...quick });
/** Its effect is not: it may be there twice. Stops when it is told to. */
export const call = inMill.job("call", { payload: Work, transaction: "none", ...quick });
/** Has no effect at all: such jobs are completed many at a time. */
export const rest = inMill.job("rest", { payload: Work, ...quick });
/** Enqueues a `grind` for later, from wherever it runs. */
export const defer = inMill.job("defer", { payload: Work, ...quick });
/** Fails twice, with FLAKY_BACKOFF_MS after each. */
export const FLAKY_BACKOFF_MS = 400;
export const flaky = inMill.job("flaky", {
  payload: Work,
  transaction: "none",
  maxAttempts: 3,
  backoff: () => FLAKY_BACKOFF_MS,
});

// Poison: none of these ever succeeds.
const poison = { payload: Work, maxAttempts: 2, backoff: () => 50, timeoutMs: 300 };
export const throws = inMill.job("throws", poison);
/** Never settles, with a statement of its transaction sent. */
export const hangs = inMill.job("hangs", poison);
/** Does not hear its signal, and writes when it was given up long ago. */
export const ignores = inMill.job("ignores", poison);
/** Takes memory until the process dies. */
export const exhausts = inMill.job("exhausts", { ...poison, timeoutMs: 60_000 });

export const tick = inOffice.job("tick", { payload: closed({ schedule: Type.String() }), ...quick });

/** `office:12` is 12 in the database. */
export const numberOf = (id: string) => Number(id.split(":")[1]);

/** How often each schedule of the office comes round. */
export const TICK_MS = 500;
