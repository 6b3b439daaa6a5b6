import { identity } from "../contract/index.ts";
import { signedInAccount } from "./account.ts";
import { recordAudit } from "./audit.ts";
import { handle } from "./definition.ts";

export const revokeApiKey = handle(identity.revokeApiKey, async ({ id }, context) => {
  const { sql, actor, fail } = context;
  const accountId = signedInAccount(actor);
  if (accountId === null) return fail("SIGN_IN_REQUIRED");
  const [revoked] = await sql`
    delete from identity.api_keys where id = ${id} and account_id = ${accountId} returning id`;
  if (revoked === undefined) return fail("API_KEY_NOT_FOUND");
  await recordAudit(context, "api_key.revoked", `api_key:${id}`);
  return {};
});
