import { type NowAnswer, readNow } from "./now-answer.ts";
import { TopError } from "./top-error.ts";

const TIMEOUT_MS = 5_000;

/** Asks the console of a running app, as a program does: with a bearer token. Throws TopError. */
export class ConsoleClient {
  readonly url: string;
  readonly #signal: AbortSignal;
  #token: string | null;

  constructor(url: string, token: string | null, signal: AbortSignal) {
    this.url = url;
    this.#token = token;
    this.#signal = signal;
  }

  async now(): Promise<NowAnswer> {
    return readNow(await this.#json("/now"));
  }

  /** What the console asks people for. */
  async asksFor(): Promise<"password" | "token"> {
    const form = (await this.#json("/sign-in")) as { asksFor?: unknown } | null;
    return form?.asksFor === "token" ? "token" : "password";
  }

  /** Gets the token of a session of its own, as the console's page does. */
  async signIn(
    credentials: { readonly name: string; readonly password: string } | { readonly token: string },
  ) {
    const answer = await this.#send("POST", "/session", {
      headers: { "content-type": "application/json", ...this.#asOwnPage },
      body: JSON.stringify(credentials),
    });
    const [cookie] = answer.headers.getSetCookie();
    const token = /^[^=]+=([^;]+)/.exec(cookie ?? "")?.[1];
    if (token === undefined) {
      throw new TopError("ASHLAR_CLI_TOP_UNREADABLE", "Signing in was answered without a session.");
    }
    this.#token = token;
    const [pair] = cookie!.split(";");
    return async () => {
      await this.#send("DELETE", "/session", { headers: { cookie: pair!, ...this.#asOwnPage } });
    };
  }

  get #asOwnPage() {
    return { "x-ashlar-console": "1", origin: new URL(this.url).origin };
  }

  async #json(path: string): Promise<unknown> {
    const answer = await this.#send("GET", path, {
      headers: this.#token === null ? {} : { authorization: `Bearer ${this.#token}` },
    });
    try {
      return await answer.json();
    } catch (cause) {
      throw new TopError("ASHLAR_CLI_TOP_UNREADABLE", `${this.url} answered with something else than JSON.`, {
        cause,
      });
    }
  }

  async #send(method: string, path: string, init: RequestInit): Promise<Response> {
    const address = `${this.url}/console/api${path}`;
    let answer: Response;
    try {
      answer = await fetch(address, {
        method,
        ...init,
        // The token is for this address and for no other that it may point to.
        redirect: "error",
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
    } catch (cause) {
      throw new TopError("ASHLAR_CLI_TOP_UNREACHABLE", `${this.url} does not answer: ${why(cause)}.`, {
        cause,
      });
    }
    if (answer.ok) return answer;
    const problem = (await answer.json().catch(() => null)) as { title?: string; code?: string } | null;
    if (answer.status === 401 || answer.status === 403) {
      throw new TopError("ASHLAR_CLI_TOP_REFUSED", `${this.url} lets nobody into its console with that.`);
    }
    if (answer.status === 404) {
      throw new TopError("ASHLAR_CLI_TOP_NO_CONSOLE", `${this.url} has no console at /console/.`);
    }
    const told = problem?.title === undefined ? "" : `: ${problem.title} (${problem.code})`;
    throw new TopError("ASHLAR_CLI_TOP_UNREACHABLE", `${this.url} answers with ${answer.status}${told}.`);
  }
}

function why(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1000} s`;
  const { code, message: inner } = (cause ?? {}) as { code?: string; message?: string };
  return code ?? inner ?? message;
}
