/** What one module calls of another, as far as its sources say. */
export interface CallsOfOne {
  /** By name of the operation: `file:line` of each call. */
  readonly places: ReadonlyMap<string, readonly string[]>;
  /** False when somewhere a contract is called in a way that only a run can tell. */
  readonly isExact: boolean;
}

export interface FoundCalls {
  of(caller: string, target: string): CallsOfOne;
}

/** For a graph without sources: every operation of a used module may be called. */
export const NO_SOURCES: FoundCalls = { of: () => ({ places: new Map(), isExact: false }) };
