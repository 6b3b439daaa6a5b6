import type { Pool } from "../postgres/index.ts";
import type { WatchedPool } from "./firing-check.ts";

/** A pool under the name that firings call it by; `pool` says null before there is one. */
export function watchedPool(name: string, pool: () => Pool | null): WatchedPool {
  return {
    name,
    stats: () => pool()?.stats() ?? null,
    ping: async (deadline) => await pool()?.ping(deadline),
  };
}
