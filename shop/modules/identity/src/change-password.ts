import { identity } from "../contract/index.ts";
import { signedInAccount } from "./account.ts";
import { recordAudit } from "./audit.ts";
import { handle } from "./definition.ts";
import { hashPassword, verifyPassword } from "./password-hash.ts";
import { isTooCommon } from "./password-policy.ts";
import { costOf, passwordWork, RETRY_AFTER_SECONDS } from "./password-work.ts";
import { addressDigest, clearAttempts, lockAttempts, recordFailure } from "./sign-in-attempts.ts";
import type { AccountRow } from "./tables.ts";
import { secondsToWait } from "./throttle.ts";

export const changePassword = handle(identity.changePassword, async (input, context) => {
  const { sql, actor, fail, now, randomBytes, settings, deadline } = context;
  const accountId = signedInAccount(actor);
  if (accountId === null) return fail("SIGN_IN_REQUIRED");
  const session = actor.kind === "account" ? actor.session : null;
  const refuse = () => fail("TOO_BUSY", { retryAfterSeconds: RETRY_AFTER_SECONDS });
  return passwordWork({ deadline, refuse }, async () => {
    const [account] = await sql<Pick<AccountRow, "email" | "email_key">>`
      select email, email_key from identity.accounts where id = ${accountId}`;
    if (account === undefined) return fail("SIGN_IN_REQUIRED");
    if (isTooCommon(input.newPassword, account.email)) return fail("PASSWORD_TOO_COMMON");

    // The same lock that signing in takes: a sign-in with the old password comes before the change, and its session
    // is ended below, or after it, and is refused.
    const digest = addressDigest(account.email_key);
    const attempts = await lockAttempts(sql, digest, now());
    const retryAfterSeconds = secondsToWait(attempts, now());
    if (retryAfterSeconds > 0) return fail("TOO_MANY_ATTEMPTS", { retryAfterSeconds });

    const [current] = await sql<Pick<AccountRow, "password_hash">>`
      select password_hash from identity.accounts where id = ${accountId}`;
    const cost = costOf(settings);
    const { matches } = await verifyPassword(input.currentPassword, current?.password_hash ?? null, cost);
    const subject = `account:${accountId}`;
    if (!matches) {
      await recordFailure(sql, digest, attempts, now());
      await recordAudit(context, "password.refused", subject);
      return fail("WRONG_PASSWORD");
    }

    const hash = await hashPassword(input.newPassword, cost, randomBytes);
    await clearAttempts(sql, digest);
    await sql`
      with ended as (
        delete from identity.sessions where account_id = ${accountId} and id is distinct from ${session}
      )
      update identity.accounts set password_hash = ${hash} where id = ${accountId}`;
    await recordAudit(context, "password.changed", subject);
    return {};
  });
});
