import { identity } from "../contract/index.ts";
import { handle } from "./definition.ts";

export const findContact = handle(identity.findContact, async ({ accountId }, { sql }) => {
  const [account] = await sql<{ email: string }>`select email from identity.accounts where id = ${accountId}`;
  return account ?? null;
});
