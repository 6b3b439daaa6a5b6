import type { OtlpTarget } from "./otlp-target.ts";
import { type PartialSuccess, readPartialSuccess } from "./partial-success.ts";

/** What became of one request to a collector. */
export type Outcome =
  | { readonly kind: "taken"; readonly partial: PartialSuccess | null }
  /** Worth another try; `afterMs` is the wait that the collector asks for. */
  | { readonly kind: "later"; readonly reason: string; readonly afterMs: number | null }
  | { readonly kind: "refused"; readonly reason: string };

/** The statuses that OTLP calls worth another try. */
const RETRYABLE = new Set([429, 502, 503, 504]);
/** An answer is a few bytes. Whoever sends more is no collector, and is not listened to. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Sends one gzipped request. Never rejects: what goes wrong on the way is an outcome. */
export async function postTraces(
  target: OtlpTarget,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const response = await fetch(target.url, {
      method: "POST",
      headers: {
        "user-agent": "ashlar",
        ...target.headers(),
        "content-type": "application/x-protobuf",
        "content-encoding": "gzip",
      },
      body: body as Uint8Array<ArrayBuffer>,
      // A token is for the address that it was given with, and for no other.
      redirect: "manual",
      signal,
    });
    if (response.ok) return { kind: "taken", partial: await partialSuccessOf(response) };
    await response.body?.cancel();
    const reason = `status ${response.status}`;
    if (!RETRYABLE.has(response.status)) return { kind: "refused", reason };
    return { kind: "later", reason, afterMs: retryAfterMs(response.headers.get("retry-after")) };
  } catch (error) {
    return { kind: "later", reason: reasonOf(error), afterMs: null };
  }
}

/** Null also when the answer breaks off: its status has said that the spans are taken. */
async function partialSuccessOf(response: Response): Promise<PartialSuccess | null> {
  if (response.body === null) return null;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body) {
      length += chunk.length;
      if (length > MAX_ANSWER_BYTES) return null;
      chunks.push(chunk);
    }
  } catch {
    return null;
  }
  const isProtobuf = response.headers.get("content-type")?.startsWith("application/x-protobuf") ?? false;
  return isProtobuf ? readPartialSuccess(Buffer.concat(chunks)) : null;
}

/** `Retry-After` is a number of seconds or a date. */
function retryAfterMs(value: string | null): number | null {
  if (value === null) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

/** Its code or its name, and not its message: what a message repeats, nobody knows. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { cause } = error;
  return cause instanceof Error && "code" in cause ? String(cause.code) : error.name;
}
