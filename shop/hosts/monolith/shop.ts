import { identity } from "@shop/identity";
import { type Actor, type App, type AppParts, type Authenticate, createApp } from "ashlar/module";
import type { Logger } from "pino";
import billing from "../../modules/billing/src/module.ts";
import catalog from "../../modules/catalog/src/module.ts";
import identityModule from "../../modules/identity/src/module.ts";
import ordering, { type Mailer } from "../../modules/ordering/src/module.ts";
import { httpPaymentProvider } from "./payment-provider-adapter.ts";

/** The modules of the shop, those that are called before those that call. */
export const modules = [identityModule, catalog, billing, ordering];

/** A bearer token is a session's or an API key's; identity knows whose. */
export const authenticate: Authenticate = async (token, execute): Promise<Actor | null> => {
  const found = await execute(identity.authenticate, { token });
  if (found === null) return null;
  const { accountId, roles, scopes, session, stale } = found;
  // Rare: identity calls a session stale once in a while, not at every request.
  if (stale && session !== null) await execute(identity.touchSession, { session });
  return { kind: "account", id: accountId, roles, scopes, session };
};

/** What the shop reaches outside of its process, and what it is told about it. */
export interface Outside {
  readonly payments: { readonly url: string; readonly key: string; readonly webhookSecret: string };
  readonly mailer: Mailer;
  readonly unpaidMinutes: number;
}

/** The modules with everything that they need of a host but the log. */
export function partsOf({ payments, mailer, unpaidMinutes }: Outside) {
  const { url, key, webhookSecret } = payments;
  return {
    modules,
    authenticate,
    settings: {
      identity: { sessionIdleMinutes: 7 * 24 * 60, sessionMaxDays: 30 },
      billing: { webhookSecret },
      ordering: { unpaidMinutes },
    },
    adapters: {
      billing: { payments: httpPaymentProvider({ url, key }) },
      ordering: { mail: mailer },
    },
  } satisfies Partial<AppParts>;
}

/** Composes the shop and checks all that can be checked without a database. */
export function composeShop(outside: Outside, log: Logger, release?: string): App {
  return createApp({ name: "shop", ...partsOf(outside), log, release });
}
