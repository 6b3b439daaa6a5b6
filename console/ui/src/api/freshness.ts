import { createStore } from "./store.ts";

/** Why the page shows something older than it should. */
export interface Outdated {
  /** When the oldest of what is shown was read; null if nothing could be read yet. */
  readonly at: number | null;
  /** One sentence without a full stop. */
  readonly reason: string;
}

const byPath = new Map<string, Outdated>();

/** The oldest of all that is shown, or null while everything is fresh. */
export const outdated = createStore<Outdated | null>(null);

/** Says how fresh `path` is, as long as it is shown. */
export function report(path: string, state: Outdated | null): void {
  if (state === null) byPath.delete(path);
  else byPath.set(path, state);
  let oldest: Outdated | null = null;
  for (const each of byPath.values()) {
    if (oldest === null || (each.at ?? 0) < (oldest.at ?? 0)) oldest = each;
  }
  const known = outdated.get();
  if (known?.at !== oldest?.at || known?.reason !== oldest?.reason) outdated.set(oldest);
}
