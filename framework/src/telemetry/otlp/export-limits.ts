export interface ExportLimits {
  /** A request is sent when so many spans wait; it holds whole traces, so up to one trace more. Default 512. */
  readonly batchSpans: number;
  /** The longest that a trace waits for others to go with. Default 5 s. */
  readonly batchMs: number;
  /** The most spans that wait; then the oldest traces are dropped. Default 8192, about 3 MB. */
  readonly queueSpans: number;
  /** How long one request may take. Default 10 s. */
  readonly timeoutMs: number;
  /** How often a batch is tried before it is dropped. Default 6, half a minute with the waits between. */
  readonly attempts: number;
  /** The wait before the second attempt; doubled from there on, up to 30 s. Default 1 s. */
  readonly firstWaitMs: number;
}

export const DEFAULT_LIMITS: ExportLimits = {
  batchSpans: 512,
  batchMs: 5_000,
  queueSpans: 8192,
  timeoutMs: 10_000,
  attempts: 6,
  firstWaitMs: 1_000,
};
