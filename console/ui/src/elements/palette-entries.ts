import { useEffect } from "react";
import { createStore } from "../api/store.ts";

/** A place that the command palette offers. */
export interface PaletteEntry {
  readonly label: string;
  /** `Modules`, `Queues`. */
  readonly group: string;
  /** Below /console. */
  readonly href: string;
  /** The keys that lead there as well, as they are shown. */
  readonly keys?: string;
}

const registered = new Map<object, readonly PaletteEntry[]>();

/** What screens have registered, in the order of their registration. */
export const screenEntries = createStore<readonly PaletteEntry[]>([]);

/** Offers these in the palette as long as the screen is there. Give the same array while it says the same. */
export function usePaletteEntries(entries: readonly PaletteEntry[]): void {
  useEffect(() => {
    const key = {};
    registered.set(key, entries);
    screenEntries.set([...registered.values()].flat());
    return () => {
      registered.delete(key);
      screenEntries.set([...registered.values()].flat());
    };
  }, [entries]);
}
