import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "pino";
import { PROBLEM_TYPE, type Problem, problem, problemText } from "./problem.ts";
import type { ProblemCode } from "./problem-catalogue.ts";
import { newTraceId } from "./trace.ts";

/** How long a refused connection may take to read its answer. */
const FAREWELL_MS = 1_000;

/** What a socket that Node's parser gave up on failed at. */
const parserProblems: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: "HEADERS_TOO_LARGE",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "BODY_TOO_LARGE",
  ERR_HTTP_REQUEST_TIMEOUT: "REQUEST_INCOMPLETE",
};

/**
 * Answers what never becomes a request: bytes that are not HTTP, heads that are too large or too slow. There is
 * no response object then, so the answer is written to the socket.
 */
export function clientErrorHandler(
  log: Logger,
  securityHeaders: readonly string[],
): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    // An answer that has begun cannot be followed by another one.
    const begun = (socket as { _httpMessage?: ServerResponse | null })._httpMessage;
    if (begun?.headersSent === true) {
      socket.destroy();
      return;
    }
    const found = problem(parserProblems[error.code ?? ""] ?? "REQUEST_MALFORMED");
    const traceId = newTraceId();
    log.info(
      { trace: traceId, status: found.status, code: found.code, reason: error.code },
      "connection refused",
    );
    sayFarewell(socket, rawAnswer(found, traceId, securityHeaders));
  };
}

/** Refuses what Node's server would otherwise answer by itself, without a body. */
export function refuseExpectations(server: Server, securityHeaders: readonly string[]): void {
  server.on("checkExpectation", (_incoming: IncomingMessage, outgoing: ServerResponse) => {
    const found = problem("EXPECTATION_FAILED");
    const traceId = newTraceId();
    const text = problemText(found, traceId);
    outgoing.writeHead(found.status, [...headLines(text, traceId, securityHeaders), "connection", "close"]);
    outgoing.end(text);
  });
}

function rawAnswer(found: Problem, traceId: string, securityHeaders: readonly string[]): string {
  const text = problemText(found, traceId);
  const lines = [...headLines(text, traceId, securityHeaders), "connection", "close"];
  let head = `HTTP/1.1 ${found.status} ${STATUS_CODES[found.status]}\r\n`;
  for (let at = 0; at < lines.length; at += 2) head += `${lines[at]}: ${lines[at + 1]}\r\n`;
  return `${head}\r\n${text}`;
}

function headLines(text: string, traceId: string, securityHeaders: readonly string[]): string[] {
  return [
    ...securityHeaders,
    "trace-id",
    traceId,
    "cache-control",
    "no-store",
    "content-type",
    PROBLEM_TYPE,
    "content-length",
    String(Buffer.byteLength(text)),
  ];
}

/** Reads and drops for a moment what is still coming: closing on unread bytes would reset the connection. */
function sayFarewell(socket: Socket, answer: string): void {
  socket.end(answer);
  socket.resume();
  const cut = setTimeout(() => socket.destroy(), FAREWELL_MS);
  socket.once("close", () => clearTimeout(cut));
}
