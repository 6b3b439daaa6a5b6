import { type Account, identity, type Role } from "../contract/index.ts";
import { emailKey, toAccount } from "./account.ts";
import { recordAudit } from "./audit.ts";
import { handle } from "./definition.ts";
import { hashPassword } from "./password-hash.ts";
import { isTooCommon } from "./password-policy.ts";
import { costOf, passwordWork, RETRY_AFTER_SECONDS } from "./password-work.ts";

const FIRST_ROLES: Role[] = ["customer"];

export const registerAccount = handle(identity.registerAccount, async ({ email, password }, context) => {
  const { sql, fail, now, newId, randomBytes, settings, deadline } = context;
  if (isTooCommon(password, email)) return fail("PASSWORD_TOO_COMMON");
  const refuse = () => fail("TOO_BUSY", { retryAfterSeconds: RETRY_AFTER_SECONDS });
  // All of the hashing comes before the first statement, so no connection is held during it.
  const hash = await passwordWork({ deadline, refuse }, () =>
    hashPassword(password, costOf(settings), randomBytes),
  );
  const account = { id: newId(), email, roles: FIRST_ROLES, created_at: now() };
  const [registered] = await sql`
    insert into identity.accounts (id, email, email_key, password_hash, roles, created_at)
    values (${account.id}, ${email}, ${emailKey(email)}, ${hash}, ${FIRST_ROLES}, ${account.created_at})
    on conflict (email_key) do nothing
    returning id`;
  if (registered === undefined) return fail("EMAIL_TAKEN");
  await recordAudit(context, "account.registered", `account:${account.id}`);
  return toAccount(account) satisfies Account;
});
