import { createHash } from "node:crypto";
import type { Sql } from "ashlar/module";
import { type Attempts, afterFailure } from "./throttle.ts";

/** Under which the failures of an address are counted. Equal for all spellings of the address. */
export function addressDigest(emailKey: string): Buffer {
  return createHash("sha256").update(emailKey).digest();
}

/**
 * The failures of an address, locked until the transaction ends: of several attempts at one address, each sees
 * what became of the one before, so trying many passwords at once gains nothing. An address without failures
 * gets an empty row, because a row that is not there cannot be locked.
 */
export async function lockAttempts(sql: Sql, digest: Buffer, now: Date): Promise<Attempts> {
  const [row] = await sql<{ failures: number; blocked_until: Date | null; forget_at: Date }>`
    insert into identity.sign_in_attempts as attempts (address_digest, failures, forget_at)
    values (${digest}, 0, ${now})
    on conflict (address_digest) do update set failures = attempts.failures
    returning failures, blocked_until, forget_at`;
  return { failures: row!.failures, blockedUntil: row!.blocked_until, forgetAt: row!.forget_at };
}

/** Counts one more failure. Its command must end with an error that commits, or the count is rolled back. */
export async function recordFailure(sql: Sql, digest: Buffer, before: Attempts, now: Date): Promise<void> {
  const { failures, blockedUntil, forgetAt } = afterFailure(before, now);
  await sql`
    update identity.sign_in_attempts
       set failures = ${failures}, blocked_until = ${blockedUntil}, forget_at = ${forgetAt}
     where address_digest = ${digest}`;
  // Addresses are the attacker's to invent: each failure clears away more rows than it leaves, or the table would
  // grow as long as somebody keeps trying. Rows that others have locked are theirs to judge.
  await sql`
    delete from identity.sign_in_attempts where address_digest in (
      select address_digest from identity.sign_in_attempts
       where forget_at < ${now} order by forget_at limit 10 for update skip locked)`;
}

export async function clearAttempts(sql: Sql, digest: Buffer): Promise<void> {
  await sql`delete from identity.sign_in_attempts where address_digest = ${digest}`;
}
