/** What the doctor cannot see in a database. All of it has defaults. */
export interface Deployment {
  /** Processes of the app in normal times. Default: those that work on jobs now, at least one. */
  readonly instances?: number;
  /** Connections of the pool of each. Default: the pool's own. */
  readonly pool?: number;
  /** Share of the instances that a rolling deploy runs beside the old ones. Default 0.25. */
  readonly surge?: number;
  /** How long a request may take at the edge. Default: the edge's own. */
  readonly requestTimeoutMs?: number;
  /** How long a session may be idle in a transaction before it is told. Default 5,000. */
  readonly idleInTransactionMs?: number;
  /** How long a transaction may be open before it is told. Default 60,000. */
  readonly transactionMs?: number;
}
