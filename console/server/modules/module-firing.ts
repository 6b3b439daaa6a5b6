import type { Firing } from "ashlar/health";
import type { ModuleFiring } from "../../api/work.ts";

const WORST_FIRST = ["error", "warning", "note"] as const;

/** What fires in a module, the worst of it in words; null when nothing does. */
export function moduleFiring(firing: readonly Firing[], module: string): ModuleFiring | null {
  const here = firing.filter((each) => each.module === module);
  for (const severity of WORST_FIRST) {
    const worst = here
      .filter((each) => each.severity === severity)
      .reduce<Firing | null>(
        (first, each) => (first === null || each.since < first.since ? each : first),
        null,
      );
    if (worst !== null) return { severity, count: here.length, title: worst.title, since: worst.since };
  }
  return null;
}
