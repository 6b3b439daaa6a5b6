import { identity } from "@shop/identity";
import { type Actor, type App, type Authenticate, createApp } from "ashlar/module";
import type { Logger } from "pino";
import billing from "../../modules/billing/src/module.ts";
import catalog from "../../modules/catalog/src/module.ts";
import identityModule from "../../modules/identity/src/module.ts";
import ordering from "../../modules/ordering/src/module.ts";

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

export const settings = { identity: { sessionIdleMinutes: 7 * 24 * 60, sessionMaxDays: 30 } };

/** Composes the shop and checks all that can be checked without a database. */
export function composeShop(log: Logger): App {
  return createApp({ name: "shop", modules, settings, authenticate, log });
}
