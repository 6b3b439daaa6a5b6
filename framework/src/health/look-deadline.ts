import { CannotLook } from "./firing-check.ts";

/** Whoever was asked did not say anything in time. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Rejects with NoAnswer when `work` takes longer. It may still end then, when nobody waits for it any more. */
export async function inTime<Seen>(work: Promise<Seen>, limitMs: number): Promise<Seen> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new NoAnswer(`no answer within ${limitMs} ms`)), limitMs);
  work.catch(() => {});
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Why a look failed, in a line; never with a password. */
export function reasonOf(failure: unknown): string {
  if (failure instanceof CannotLook) return failure.message;
  const { code, message, errors } = failure as { code?: string; message?: string; errors?: Error[] };
  // A host with several addresses rejects with an error whose own message is empty.
  const reason = message || (errors ?? []).map((each) => each.message).join("; ") || String(failure);
  return code === undefined ? reason : `${reason} (${code})`;
}
