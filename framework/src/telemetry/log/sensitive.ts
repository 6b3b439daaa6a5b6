import { SECRET_SHOWN } from "./secret.ts";

/** Of a name in lower case without its separators: `x-api-key`, `apiKey` and `API_KEY` are one. */
const SENSITIVE =
  /passw(?:or)?d|passphrase|passcode|pwd|secret|token|authorization|cookie|apikey|accesskey|privatekey|signingkey|encryptionkey|credential|bearer|jwt|cardnumber|cvv|cvc/;
const LONGEST_NAME = 64;
const MOST_NAMES = 2_000;

const known = new Map<string, boolean>();

/**
 * Whether what has this name is to be kept out of the log. The net below the Secret type: it catches what nobody
 * declared, by what such things are usually called.
 */
export function isSensitive(name: string): boolean {
  let found = known.get(name);
  if (found === undefined) {
    found = SENSITIVE.test(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ""));
    // Names come from requests too, so the memory of them is bounded in both directions.
    if (known.size >= MOST_NAMES) known.clear();
    if (name.length <= LONGEST_NAME) known.set(name, found);
  }
  return found;
}

/** Below it there is no room for a password worth the name. */
const SHORTEST = 8;
const MAY_HOLD_CREDENTIALS = /:\/\/|bearer|basic/i;
const CREDENTIALS_OF_URL = /(:\/\/)[^\s/?#]*@/g;
/** A token has a digit or a capital in it, unlike the next word of a sentence. */
const AUTHORIZATION =
  /\b(bearer|Bearer|BEARER|basic|Basic|BASIC)(\s+)(?=[a-z.~+/=_-]*[0-9A-Z])[\w.~+/=-]{8,}/g;
/** What stands where a text was cut: an address or a token of which the end is not known. */
const CUT_CREDENTIALS = /(:\/\/|\b(?:bearer|basic)\s+)[^\s/?#]*$/i;

/** The text without the user and password of the addresses in it, and without what follows Bearer or Basic. */
export function withoutCredentials(text: string, isCut = false): string {
  if (text.length < SHORTEST || !MAY_HOLD_CREDENTIALS.test(text)) return text;
  const clean = text
    .replace(CREDENTIALS_OF_URL, `$1${SECRET_SHOWN}@`)
    .replace(AUTHORIZATION, `$1$2${SECRET_SHOWN}`);
  return isCut ? clean.replace(CUT_CREDENTIALS, `$1${SECRET_SHOWN}`) : clean;
}
