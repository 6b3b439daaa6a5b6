// Preloaded into a process whose clock is to be wrong by CLOCK_WRONG_BY_MS: all that JavaScript can tell the time by.
const wrongBy = Number(process.env.CLOCK_WRONG_BY_MS);
const RightDate = Date;

class WrongDate extends RightDate {
  constructor(...parts: unknown[]) {
    if (parts.length === 0) super(RightDate.now() + wrongBy);
    else super(...(parts as [number]));
  }

  /** What the engine makes (a copy by structuredClone, say) is a date as well. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof RightDate;
  }

  static override now(): number {
    return RightDate.now() + wrongBy;
  }
}

globalThis.Date = WrongDate as DateConstructor;
const { timeOrigin } = performance;
Object.defineProperty(performance, "timeOrigin", { value: timeOrigin + wrongBy });
