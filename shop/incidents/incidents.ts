import type { Incident } from "./incident.ts";
import { blockingTransaction } from "./planted/blocking-transaction.ts";
import { diskNearlyFull } from "./planted/disk-nearly-full.ts";
import { errorBurst } from "./planted/error-burst.ts";
import { poisonEvent } from "./planted/poison-event.ts";
import { poolExhausted } from "./planted/pool-exhausted.ts";
import { relayLag } from "./planted/relay-lag.ts";
import { slowStatement } from "./planted/slow-statement.ts";
import { stuckQueue } from "./planted/stuck-queue.ts";

/** All of them, in the order in which one might practise. */
export const incidents: readonly Incident[] = [
  slowStatement,
  poolExhausted,
  poisonEvent,
  stuckQueue,
  blockingTransaction,
  errorBurst,
  relayLag,
  diskNearlyFull,
];
