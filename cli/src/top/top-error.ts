export type TopErrorCode =
  | "ASHLAR_CLI_TOP_UNREACHABLE"
  | "ASHLAR_CLI_TOP_REFUSED"
  | "ASHLAR_CLI_TOP_NO_CONSOLE"
  | "ASHLAR_CLI_TOP_UNREADABLE";

/** The console of the app gave no answer, or none that can be shown. */
export class TopError extends Error {
  override readonly name = "TopError";
  readonly code: TopErrorCode;

  constructor(code: TopErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
