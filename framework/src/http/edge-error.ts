/** Why an edge could not begin to serve. The message is one sentence for whoever started the process. */
export class EdgeError extends Error {
  override readonly name = "EdgeError";
  readonly code: EdgeErrorCode;

  constructor(code: EdgeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export type EdgeErrorCode =
  | "ASHLAR_PORT_TAKEN"
  | "ASHLAR_PORT_FORBIDDEN"
  | "ASHLAR_HOST_UNKNOWN"
  | "ASHLAR_LISTEN_FAILED"
  | "ASHLAR_ROUTE_RESERVED"
  | "ASHLAR_METRICS_TOKEN_UNFIT";

export function listenError(error: unknown, host: string, port: number): EdgeError {
  const at = `${host}:${port}`;
  switch ((error as { code?: string }).code) {
    case "EADDRINUSE":
      return new EdgeError(
        "ASHLAR_PORT_TAKEN",
        `Cannot listen on ${at}: the port is taken. Stop what uses it, or set PORT to another one.`,
        { cause: error },
      );
    case "EACCES":
      return new EdgeError(
        "ASHLAR_PORT_FORBIDDEN",
        `Cannot listen on ${at}: this user may not open the port. Set PORT to one above 1023.`,
        { cause: error },
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new EdgeError(
        "ASHLAR_HOST_UNKNOWN",
        `Cannot listen on ${at}: this machine has no such address. Set HOST to one of its own, or to 127.0.0.1.`,
        { cause: error },
      );
    default:
      return new EdgeError(
        "ASHLAR_LISTEN_FAILED",
        `Cannot listen on ${at}: ${error instanceof Error ? error.message : String(error)}. Check HOST and PORT.`,
        { cause: error },
      );
  }
}
