import { argon2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** What a hash costs. Stored with each hash, so that it can be raised later. */
export interface HashCost {
  readonly memoryKiB: number;
  readonly passes: number;
}

/** OWASP's recommendation for argon2id: 19 MiB, two passes, one lane. About 30 ms of one core. */
export const DEFAULT_COST: HashCost = { memoryKiB: 19_456, passes: 2 };

const LANES = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const ARGON2_VERSION = 19;

interface StoredHash {
  readonly cost: HashCost;
  readonly lanes: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** The hash of a password as it is stored: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. */
export async function hashPassword(
  password: string,
  cost: HashCost,
  randomBytes: (size: number) => Buffer,
): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return encodeHash({ cost, lanes: LANES, salt, hash: await derive(password, salt, cost, LANES) });
}

export interface Verification {
  readonly matches: boolean;
  /** True when the stored hash was made at another cost than today's, so that it is worth a new one. */
  readonly outdated: boolean;
}

/**
 * Compares a password with a stored hash. Without one (`null`: there is no such account) it does the same work
 * and finds no match, so that time does not tell which accounts exist.
 */
export async function verifyPassword(
  password: string,
  encoded: string | null,
  cost: HashCost,
): Promise<Verification> {
  const stored = encoded === null ? decoy(cost) : decodeHash(encoded);
  const derived = await derive(password, stored.salt, stored.cost, stored.lanes);
  return {
    matches: timingSafeEqual(derived, stored.hash) && encoded !== null,
    outdated: stored.cost.memoryKiB !== cost.memoryKiB || stored.cost.passes !== cost.passes,
  };
}

const deriveKey = promisify(argon2);

function derive(password: string, salt: Buffer, cost: HashCost, lanes: number): Promise<Buffer> {
  return deriveKey("argon2id", {
    // The same password typed on two keyboards may differ in how its accents are composed.
    message: password.normalize("NFKC"),
    nonce: salt,
    memory: cost.memoryKiB,
    passes: cost.passes,
    parallelism: lanes,
    tagLength: HASH_BYTES,
  });
}

function decoy(cost: HashCost): StoredHash {
  return { cost, lanes: LANES, salt: Buffer.alloc(SALT_BYTES), hash: Buffer.alloc(HASH_BYTES) };
}

const ENCODED =
  /^\$argon2id\$v=(?<version>\d+)\$m=(?<memory>\d+),t=(?<passes>\d+),p=(?<lanes>\d+)\$(?<salt>[A-Za-z0-9+/]+)\$(?<hash>[A-Za-z0-9+/]+)$/;

function encodeHash({ cost, lanes, salt, hash }: StoredHash): string {
  const bare = (bytes: Buffer) => bytes.toString("base64").replaceAll("=", "");
  const parameters = `m=${cost.memoryKiB},t=${cost.passes},p=${lanes}`;
  return `$argon2id$v=${ARGON2_VERSION}$${parameters}$${bare(salt)}$${bare(hash)}`;
}

function decodeHash(encoded: string): StoredHash {
  const parts = ENCODED.exec(encoded)?.groups;
  const hash = Buffer.from(parts?.hash ?? "", "base64");
  if (parts === undefined || Number(parts.version) !== ARGON2_VERSION || hash.length !== HASH_BYTES) {
    throw new Error(
      "A stored password hash is not an argon2id hash of this application. Restore identity.accounts.password_hash, " +
        "or have the account's owner choose a new password.",
    );
  }
  return {
    cost: { memoryKiB: Number(parts.memory), passes: Number(parts.passes) },
    lanes: Number(parts.lanes),
    salt: Buffer.from(parts.salt ?? "", "base64"),
    hash,
  };
}
