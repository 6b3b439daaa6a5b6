/**
 * How much the limits allow, as the code says now: stored jobs carry the keys of their limits and not the maxima,
 * so that a changed maximum holds for them too. `undefined`: no such limit (any more), so nothing holds them up.
 */
export interface JobGates {
  /** Most jobs at once under one limit key of this kind, or of this queue. */
  limit(kind: string, queue: string): number | undefined;
  /** Most starts within a time under one rate key of this kind. */
  rate(kind: string): Rate | undefined;
}

export interface Rate {
  readonly maximum: number;
  readonly perMs: number;
}
