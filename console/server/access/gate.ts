import { OperationError } from "ashlar/contract";
import { type Exchange, Refusal } from "ashlar/http";
import { type Actor, type App, anonymous, type Execute, judge, role } from "ashlar/module";
import type { Access } from "../../api/session.ts";
import { inTime } from "../in-time.ts";
import type { ConsoleOptions } from "../options.ts";
import { type Admitted, AdmittedTokens } from "./admitted-tokens.ts";
import { refuseForeign } from "./same-origin.ts";
import { isToken, TokenCookie } from "./token-cookie.ts";

/** A screen asks for a dozen things at once; all of them by one question to the app. */
const FRESH_MS = 5_000;
/** Somebody who is known is not kept waiting for a database that does not answer. */
const PATIENCE_MS = 2_000;
const BEARER = /^bearer +([^ ]+) *$/i;

/** Decides who gets in: accounts that hold one of two roles, by the app's own token. Never tells why not. */
export class Gate {
  readonly cookie: TokenCookie;
  readonly #app: App;
  readonly #executeAs: ExecuteAs;
  readonly #roles: ConsoleOptions["roles"];
  readonly #admitted: AdmittedTokens;
  readonly #now: () => number;
  /** When nobody could be asked last. */
  #silentAt = Number.NEGATIVE_INFINITY;

  constructor(
    app: App,
    executeAs: ExecuteAs,
    options: Pick<ConsoleOptions, "roles" | "behindHttps">,
    now: () => number = Date.now,
  ) {
    this.#app = app;
    this.#executeAs = executeAs;
    this.#roles = options.roles;
    this.#now = now;
    this.#admitted = new AdmittedTokens(now);
    this.cookie = new TokenCookie(options.behindHttps ?? false);
  }

  /** For reading. Whom nobody can be asked about may go on for some minutes. Throws a Refusal. */
  async admitReader(exchange: Exchange): Promise<Admitted> {
    const { token } = this.#tokenOf(exchange);
    const known = this.#admitted.find(token);
    if (known === null) return this.#let(exchange, await this.#ask(token, exchange.deadline));
    if (this.#now() - Math.max(known.at, this.#silentAt) < FRESH_MS) return this.#let(exchange, known);
    const found = await this.#askInTime(token, Date.now() + PATIENCE_MS);
    if (found === null) this.#silentAt = this.#now();
    return this.#let(exchange, found ?? known);
  }

  /** For changing something: asked for anew each time, and only for operators. Throws a Refusal. */
  async admitOperator(exchange: Exchange): Promise<Admitted> {
    const { token, isCookie } = this.#tokenOf(exchange);
    if (isCookie) refuseForeign(exchange.incoming.headers);
    const admitted = this.#let(exchange, await this.#ask(token, exchange.deadline));
    if (admitted.access !== "operator") throw new Refusal("FORBIDDEN");
    return admitted;
  }

  /** Whose token it is, and that it opens the console; else throws the same Refusal whatever the reason. */
  async admitToken(token: string, deadline: number): Promise<Admitted> {
    if (!isToken(token)) throw refused();
    return await this.#ask(token, deadline);
  }

  /** The token of the cookie, if there is one; it may be good for nothing. */
  signedInWith(exchange: Exchange): string | null {
    return this.cookie.read(exchange.incoming.headers);
  }

  forget(token: string): void {
    this.#admitted.forget(token);
  }

  #let(exchange: Exchange, admitted: Admitted): Admitted {
    exchange.actor = admitted.actor;
    return admitted;
  }

  #tokenOf({ incoming: { headers } }: Exchange): { token: string; isCookie: boolean } {
    // Of two, the one that a program sends on purpose.
    const sent = headers.authorization;
    const token = sent === undefined ? this.cookie.read(headers) : (BEARER.exec(sent)?.[1] ?? null);
    if (token === null || !isToken(token)) throw refused();
    return { token, isCookie: sent === undefined };
  }

  /** Null when it could not be found out. */
  async #askInTime(token: string, deadline: number): Promise<Admitted | null> {
    const asked = this.#ask(token, deadline).catch((error: unknown) => {
      if (error instanceof Refusal) throw error;
      return null;
    });
    // It may fail after nobody waits for it any more.
    asked.catch(() => {});
    return await inTime(asked, deadline - Date.now());
  }

  async #ask(token: string, deadline: number): Promise<Admitted> {
    const actor = await this.#actorOf(token, deadline);
    const access = actor === null ? null : this.#accessOf(actor);
    if (actor !== null && access !== null) return this.#admitted.remember(token, actor, access);
    this.#admitted.forget(token);
    throw refused();
  }

  async #actorOf(token: string, deadline: number): Promise<Actor | null> {
    try {
      return (await this.#app.authenticate?.(token, this.#executeAs(anonymous, deadline))) ?? null;
    } catch (error) {
      // "There is no such session" may well be a declared error of the operation that looks it up.
      if (error instanceof OperationError && (error.kind === "unauthenticated" || error.kind === "not_found"))
        return null;
      throw error;
    }
  }

  /** API keys get in nowhere: their scopes are the app's and none of them is for the console. */
  #accessOf(actor: Actor): Access | null {
    if (judge(role(this.#roles.operator), actor) === "allowed") return "operator";
    return judge(role(this.#roles.reader), actor) === "allowed" ? "reader" : null;
  }
}

/** Executes operations of the app for whoever signs in; until `deadline`, in milliseconds of the epoch. */
export type ExecuteAs = (actor: Actor, deadline: number) => Execute;

/** One answer for a wrong password, an unknown token and an account without the role. */
export function refused(): Refusal {
  return new Refusal("UNAUTHENTICATED");
}
