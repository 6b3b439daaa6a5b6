import type { ModuleTime, SpanView } from "../../api/traces.ts";

/** Where the time of a trace went, by module, most first. */
export function moduleTimes(spans: readonly SpanView[]): ModuleTime[] {
  const times = new Map<string | null, { -readonly [Key in keyof ModuleTime]: ModuleTime[Key] }>();
  for (const { module, kind, ownMs, failed } of spans) {
    let time = times.get(module);
    if (time === undefined) {
      time = { module, ownMs: 0, statementMs: 0, statements: 0, failed: 0 };
      times.set(module, time);
    }
    time.ownMs += ownMs;
    if (failed) time.failed++;
    if (kind !== "statement") continue;
    time.statements++;
    time.statementMs += ownMs;
  }
  return [...times.values()].sort((a, b) => b.ownMs - a.ownMs);
}
