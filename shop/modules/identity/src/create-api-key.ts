import { identity } from "../contract/index.ts";
import { signedInAccount } from "./account.ts";
import { MOST_KEYS, scopeNotAllowed, toApiKey } from "./api-key.ts";
import { recordAudit } from "./audit.ts";
import { handle } from "./definition.ts";
import type { AccountRow } from "./tables.ts";
import { newToken, shownPrefix, tokenDigest } from "./token.ts";

const DAY_MS = 24 * 60 * 60_000;

export const createApiKey = handle(identity.createApiKey, async (input, context) => {
  const { sql, db, actor, fail, now, newId, randomBytes } = context;
  const accountId = signedInAccount(actor);
  // Locked, so that two requests at once cannot both make the last key that is allowed.
  const [account] = await sql<Pick<AccountRow, "id" | "roles">>`
    select id, roles from identity.accounts where id = ${accountId} for update`;
  if (account === undefined) return fail("SIGN_IN_REQUIRED");
  const scope = scopeNotAllowed(input.scopes, account.roles);
  if (scope !== undefined) return fail("SCOPE_NOT_ALLOWED", { scope });
  const [count] = await sql<{ keys: number }>`
    select count(*) as keys from identity.api_keys where account_id = ${account.id}`;
  if (count!.keys >= MOST_KEYS) return fail("TOO_MANY_KEYS");

  const key = newToken("apiKey", randomBytes);
  const days = input.expiresInDays;
  const row = {
    id: newId(),
    name: input.name,
    prefix: shownPrefix(key),
    scopes: input.scopes,
    created_at: now(),
    expires_at: days === undefined ? null : new Date(now().getTime() + days * DAY_MS),
  };
  await db
    .insertInto("api_keys")
    .values({ ...row, account_id: account.id, key_digest: tokenDigest(key) })
    .execute();
  await recordAudit(context, "api_key.created", `api_key:${row.id}`);
  return { key, apiKey: toApiKey(row) };
});
