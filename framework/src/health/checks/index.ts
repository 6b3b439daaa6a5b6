import type { AnyFiringCheck } from "../firing-check.ts";
import { blocking } from "./blocking.ts";
import { clockSkew } from "./clock-skew.ts";
import { databaseReachable } from "./database-reachable.ts";
import { deadLetters } from "./dead-letters.ts";
import { diskSpace } from "./disk-space.ts";
import { relayLag, subscriberLag } from "./event-lag.ts";
import { poolHolder, poolSaturated } from "./pool-saturated.ts";
import { queueStuck } from "./queue-stuck.ts";
import { replicationLag } from "./replication-lag.ts";
import { routeErrors, routeLatency } from "./routes.ts";
import { slowStatement } from "./slow-statement.ts";
import { missingIndex, tableBloat } from "./tables.ts";
import { transactionHeld } from "./transaction-held.ts";
import { deployInProgress, workerSilent } from "./workers.ts";

/** All firing checks, for one monitor: some remember what they saw last. */
export function firingChecks(): readonly AnyFiringCheck[] {
  return [
    routeErrors(),
    routeLatency(),
    poolSaturated(),
    poolHolder(),
    transactionHeld(),
    blocking(),
    slowStatement(),
    deadLetters(),
    queueStuck(),
    relayLag(),
    subscriberLag(),
    workerSilent(),
    deployInProgress(),
    replicationLag(),
    tableBloat(),
    missingIndex(),
    diskSpace(),
    clockSkew(),
  ];
}

/** Of all firing checks, with the one that the monitor makes itself. */
export const FIRING_CHECK_IDS: readonly string[] = [
  databaseReachable.id,
  ...firingChecks().map(({ id }) => id),
];
