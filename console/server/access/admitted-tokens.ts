import { createHash } from "node:crypto";
import type { Actor } from "ashlar/module";
import type { Access } from "../../api/session.ts";

export interface Admitted {
  readonly actor: Actor;
  readonly access: Access;
  /** Milliseconds of the epoch. */
  readonly at: number;
}

/** How long somebody may go on reading whom nobody can be asked about. */
const REMEMBERED_MS = 5 * 60_000;
const MOST = 1_000;

/** Who was let in lately, by a digest of the token: what is in memory opens nothing elsewhere. */
export class AdmittedTokens {
  readonly #now: () => number;
  readonly #byDigest = new Map<string, Admitted>();

  constructor(now: () => number) {
    this.#now = now;
  }

  remember(token: string, actor: Actor, access: Access): Admitted {
    const digest = digestOf(token);
    const admitted = { actor, access, at: this.#now() };
    // Again at the end: the oldest are the first to go.
    this.#byDigest.delete(digest);
    this.#byDigest.set(digest, admitted);
    if (this.#byDigest.size > MOST) this.#byDigest.delete(this.#byDigest.keys().next().value!);
    return admitted;
  }

  find(token: string): Admitted | null {
    const admitted = this.#byDigest.get(digestOf(token));
    if (admitted === undefined) return null;
    if (this.#now() - admitted.at < REMEMBERED_MS) return admitted;
    this.forget(token);
    return null;
  }

  forget(token: string): void {
    this.#byDigest.delete(digestOf(token));
  }
}

function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
