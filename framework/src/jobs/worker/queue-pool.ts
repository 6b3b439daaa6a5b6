import { type ConnectionAddress, Pool, type PoolOptions } from "../../postgres/index.ts";

const MAX_CONNECTIONS = 3;

/** Of an instance that works on jobs, beside its pool: with the listener's. */
export const QUEUE_CONNECTIONS = MAX_CONNECTIONS + 1;

/**
 * The settings of every session that works on queues: statements are found in the indexes made for them. A plan made
 * while a table was empty is kept by the session, and without these would read through all of it when it is full.
 */
export const QUEUE_SETTINGS = {
  enable_seqscan: "off",
  enable_bitmapscan: "off",
  enable_sort: "off",
  jit: "off",
} as const;

/** The pool that claims and settles jobs. Whoever makes it stops it, after the worker. */
export function createQueuePool(
  address: ConnectionAddress,
  options: { readonly app: string } & Pick<PoolOptions, "strictGate" | "walls" | "onConnectionLost">,
): Pool {
  const { app, ...rest } = options;
  return new Pool({
    ...rest,
    connection: address,
    applicationName: `${app} jobs`,
    max: MAX_CONNECTIONS,
    settings: QUEUE_SETTINGS,
  });
}
