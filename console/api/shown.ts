/**
 * What a read endpoint answers with. When the database does not answer, `data` is the last that is known and `stale`
 * says since when and why; without anything known the answer is the problem itself.
 *
 * Everywhere in the API a moment is in milliseconds of the epoch, a duration in milliseconds, a share from 0 to 1.
 */
export interface Shown<Data> {
  readonly data: Data;
  /** When `data` was read, by the server's clock. */
  readonly at: number;
  readonly stale: Stale | null;
}

export interface Stale {
  /** Of the first try that failed. */
  readonly since: number;
  /** For people: one sentence without a full stop. */
  readonly reason: string;
}
