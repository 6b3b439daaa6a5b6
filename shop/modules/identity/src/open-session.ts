import { identity } from "../contract/index.ts";
import { emailKey } from "./account.ts";
import { recordAudit } from "./audit.ts";
import { handle } from "./definition.ts";
import { hashPassword, verifyPassword } from "./password-hash.ts";
import { costOf, passwordWork, RETRY_AFTER_SECONDS } from "./password-work.ts";
import { idleSince, sessionEnd } from "./session-life.ts";
import { addressDigest, clearAttempts, lockAttempts, recordFailure } from "./sign-in-attempts.ts";
import type { AccountRow } from "./tables.ts";
import { secondsToWait } from "./throttle.ts";
import { newToken, tokenDigest } from "./token.ts";

export const openSession = handle(identity.openSession, async ({ email, password }, context) => {
  const { sql, fail, now, newId, randomBytes, settings, deadline } = context;
  const refuse = () => fail("TOO_BUSY", { retryAfterSeconds: RETRY_AFTER_SECONDS });
  return passwordWork({ deadline, refuse }, async () => {
    const key = emailKey(email);
    const digest = addressDigest(key);
    const attempts = await lockAttempts(sql, digest, now());
    const retryAfterSeconds = secondsToWait(attempts, now());
    if (retryAfterSeconds > 0) return fail("TOO_MANY_ATTEMPTS", { retryAfterSeconds });

    // Read after the lock, not with it: a password that was changed while we waited must not be accepted.
    const [account] = await sql<Pick<AccountRow, "id" | "password_hash" | "roles">>`
      select id, password_hash, roles from identity.accounts where email_key = ${key}`;
    const cost = costOf(settings);
    const { matches, outdated } = await verifyPassword(password, account?.password_hash ?? null, cost);
    if (account === undefined || !matches) {
      await recordFailure(sql, digest, attempts, now());
      const subject =
        account === undefined ? `address:${digest.toString("hex", 0, 8)}` : `account:${account.id}`;
      await recordAudit(context, "session.refused", subject);
      return fail("INVALID_CREDENTIALS");
    }

    await clearAttempts(sql, digest);
    if (outdated) {
      const hash = await hashPassword(password, cost, randomBytes);
      await sql`update identity.accounts set password_hash = ${hash} where id = ${account.id}`;
    }
    const token = newToken("session", randomBytes);
    const expiresAt = sessionEnd(now(), settings);
    // The account's dead sessions go when a new one comes, so they need no other sweep.
    await sql`
      with ended as (
        delete from identity.sessions
         where account_id = ${account.id}
           and (expires_at <= ${now()} or last_used_at <= ${idleSince(now(), settings)})
      )
      insert into identity.sessions (id, account_id, token_digest, created_at, last_used_at, expires_at)
      values (${newId()}, ${account.id}, ${tokenDigest(token)}, ${now()}, ${now()}, ${expiresAt})`;
    const by = `account:${account.id}`;
    await recordAudit(context, "session.opened", by, by);
    return { token, accountId: account.id, roles: account.roles, expiresAt: expiresAt.toISOString() };
  });
});
