import { OperationError } from "ashlar/contract";
import { type Exchange, type PartRoute, type PartTools, Refusal } from "ashlar/http";
import { type App, anonymous } from "ashlar/module";
import type { SignInForm } from "../../api/session.ts";
import type { ConsoleOptions, ConsoleSignIn } from "../options.ts";
import { API, JSON_TYPE } from "../reading/read-route.ts";
import { type ExecuteAs, type Gate, refused } from "./gate.ts";
import { refuseForeign } from "./same-origin.ts";

const MOST_CHARACTERS = 4_096;

/** Signing in and out. How often somebody may try is up to the app's own `open`. */
export function signInRoutes(
  app: App,
  executeAs: ExecuteAs,
  gate: Gate,
  { signIn }: Pick<ConsoleOptions, "signIn">,
  tools: PartTools,
): readonly PartRoute[] {
  const form: SignInForm = { app: app.name, asksFor: signIn.asksFor };
  const formText = JSON.stringify(form);

  async function open(exchange: Exchange): Promise<void> {
    refuseForeign(exchange.incoming.headers);
    const token = await tokenFor(executeAs, signIn, await tools.readJson(exchange), exchange.deadline);
    if (token === null) throw refused();
    const admitted = await gate.admitToken(token, exchange.deadline).catch(async (error: unknown) => {
      // A session that was opened for nothing, such as a customer's.
      if (signIn.asksFor === "password") await close(token, exchange.deadline).catch(() => {});
      throw error;
    });
    exchange.actor = admitted.actor;
    exchange.answer(204, null, JSON_TYPE, { "set-cookie": gate.cookie.set(token) });
  }

  async function end(exchange: Exchange): Promise<void> {
    refuseForeign(exchange.incoming.headers);
    const token = gate.signedInWith(exchange);
    // The cookie goes whatever the app says, and the app is told last: it may not answer.
    if (token !== null) {
      gate.forget(token);
      await close(token, exchange.deadline).catch((error: unknown) => {
        app.log.warn({ trace: exchange.traceId, err: error }, "a session of the console was not closed");
      });
    }
    exchange.answer(204, null, JSON_TYPE, { "set-cookie": gate.cookie.clear() });
  }

  async function close(token: string, deadline: number): Promise<void> {
    if (signIn.close === undefined) return;
    const actor = await app.authenticate?.(token, executeAs(anonymous, deadline));
    if (actor != null) await signIn.close(token, executeAs(actor, deadline));
  }

  const path = `${API}/session`;
  return [
    {
      method: "GET",
      path: `${API}/sign-in`,
      answer: async (exchange) => exchange.answer(200, formText, JSON_TYPE),
    },
    { method: "POST", path, answer: open },
    { method: "DELETE", path, answer: end },
  ];
}

async function tokenFor(
  executeAs: ExecuteAs,
  signIn: ConsoleSignIn,
  body: unknown,
  deadline: number,
): Promise<string | null> {
  if (signIn.asksFor === "token") return textsOf(body, ["token"]).token;
  const { name, password } = textsOf(body, ["name", "password"]);
  try {
    return await signIn.open({ name, password }, executeAs(anonymous, deadline));
  } catch (error) {
    if (error instanceof OperationError && error.kind === "unauthenticated") return null;
    throw error;
  }
}

/** The members of the body, each a text and no others. Throws a Refusal that names all that is wrong. */
function textsOf<const Name extends string>(body: unknown, names: readonly Name[]): Record<Name, string> {
  const given = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const errors = [
    ...names
      .filter((name) => !isText(given[name]))
      .map((name) => ({
        path: `/body/${name}`,
        message: `must be a text of 1 to ${MOST_CHARACTERS} characters`,
      })),
    ...Object.keys(given)
      .filter((name) => !names.includes(name as Name))
      .map((name) => ({ path: `/body/${name}`, message: "is not a known property" })),
  ];
  if (errors.length > 0) throw new Refusal("REQUEST_INVALID", { errors });
  return given as Record<Name, string>;
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.length > 0 && value.length <= MOST_CHARACTERS;
}
