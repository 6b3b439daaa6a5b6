/** Why an embedded PostgreSQL could not be had. Match on `code`; the message says what to do. */
export type EmbeddedPostgresErrorCode =
  | "ASHLAR_EMBEDDED_POSTGRES_UNSUPPORTED_PLATFORM"
  | "ASHLAR_EMBEDDED_POSTGRES_BINARIES_INCOMPLETE"
  | "ASHLAR_EMBEDDED_POSTGRES_DIRECTORY_NOT_WRITABLE"
  | "ASHLAR_EMBEDDED_POSTGRES_DIRECTORY_CLOSED"
  | "ASHLAR_EMBEDDED_POSTGRES_START_FAILED";

export class EmbeddedPostgresError extends Error {
  override readonly name = "EmbeddedPostgresError";
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
