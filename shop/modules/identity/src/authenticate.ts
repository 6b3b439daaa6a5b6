import { identity } from "../contract/index.ts";
import { handle } from "./definition.ts";
import { idleSince, staleSince } from "./session-life.ts";
import type { AccountRow, ApiKeyRow } from "./tables.ts";
import { tokenDigest, tokenKind } from "./token.ts";

// Every request with a token passes here, so it is one statement: two look-ups by unique index. The token's prefix
// says which table it can be in; one that is not of our making costs no statement at all.
export const authenticate = handle(identity.authenticate, async ({ token }, { sql, now, settings }) => {
  const time = now();
  const kind = tokenKind(token);
  if (kind === "session") {
    const [found] = await sql<{ session: string; stale: boolean } & Holder>`
      select session.id as session, session.last_used_at < ${staleSince(time)} as stale,
             account.id as account_id, account.roles
        from identity.sessions as session
        join identity.accounts as account on account.id = session.account_id
       where session.token_digest = ${tokenDigest(token)}
         and session.expires_at > ${time}
         and session.last_used_at > ${idleSince(time, settings)}`;
    if (found === undefined) return null;
    const { account_id: accountId, roles, session, stale } = found;
    return { accountId, roles, scopes: null, session, stale };
  }
  if (kind === "apiKey") {
    const [found] = await sql<Pick<ApiKeyRow, "scopes"> & Holder>`
      select key.scopes, account.id as account_id, account.roles
        from identity.api_keys as key
        join identity.accounts as account on account.id = key.account_id
       where key.key_digest = ${tokenDigest(token)}
         and (key.expires_at is null or key.expires_at > ${time})`;
    if (found === undefined) return null;
    const { account_id: accountId, roles, scopes } = found;
    return { accountId, roles, scopes, session: null, stale: false };
  }
  return null;
});

interface Holder extends Pick<AccountRow, "roles"> {
  readonly account_id: string;
}
