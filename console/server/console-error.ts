export type ConsoleErrorCode =
  /** There are no built pages, and they could not be built either. */
  "ASHLAR_CONSOLE_PAGES_MISSING";

/** What keeps the console from working, for whoever runs the app. */
export class ConsoleError extends Error {
  override readonly name = "ConsoleError";
  readonly code: ConsoleErrorCode;

  constructor(code: ConsoleErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
