import type { IncomingHttpHeaders } from "node:http";

/** As in a bearer token: nothing that a cookie or a header would have to quote. */
const TOKEN = /^[A-Za-z0-9._~+/-]{1,4096}=*$/;
/** A night's watch. The app's own session may end before. */
const MAX_AGE_S = 12 * 60 * 60;
const PATH = "/console";

/** Keeps the app's own token in the browser, out of reach of scripts, of other paths and of other sites. */
export class TokenCookie {
  readonly #name: string;
  readonly #attributes: string;

  constructor(behindHttps: boolean) {
    // A browser takes a cookie of such a name over HTTPS only, so that nobody plants one on the way.
    this.#name = behindHttps ? "__Secure-ashlar-console" : "ashlar-console";
    this.#attributes = `; Path=${PATH}; HttpOnly; SameSite=Strict${behindHttps ? "; Secure" : ""}`;
  }

  /** The token that the request came with; null for none, for one that is none, and for two different ones. */
  read({ cookie }: IncomingHttpHeaders): string | null {
    if (cookie === undefined) return null;
    const found = new Set(
      cookie
        .split(";")
        .map((part) => part.trim())
        .filter((part) => part.startsWith(`${this.#name}=`))
        .map((part) => part.slice(this.#name.length + 1)),
    );
    const [token] = found;
    return found.size === 1 && isToken(token!) ? token! : null;
  }

  set(token: string): string {
    return `${this.#name}=${token}${this.#attributes}; Max-Age=${MAX_AGE_S}`;
  }

  clear(): string {
    return `${this.#name}=${this.#attributes}; Max-Age=0`;
  }
}

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}
