import { emailKey } from "./account.ts";
import { commonPasswords } from "./common-passwords.ts";

/** Fewer different characters than this make a pattern and no password: `aaaaaaaaaa`, `abababababab`. */
const FEWEST_DIFFERENT = 4;

/** Whether an attacker would try this password early. Its length is the contract's business. */
export function isTooCommon(password: string, email: string): boolean {
  const lower = password.normalize("NFKC").toLowerCase();
  return commonPasswords.has(lower) || new Set(lower).size < FEWEST_DIFFERENT || lower === emailKey(email);
}
