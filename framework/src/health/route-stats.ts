/** What happened on one route within the last minutes. */
export interface RouteStats {
  /** `GET /v1/orders/{id}` */
  readonly route: string;
  /** "" for a route that no module serves. */
  readonly module: string;
  readonly requests: number;
  /** Those that failed through our fault: answered with 500 or above. */
  readonly errors: number;
  readonly p99: number;
  /** How often which code, if it is known. */
  readonly codes?: Readonly<Record<string, number>>;
}
