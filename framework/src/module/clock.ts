import { randomFillSync } from "node:crypto";

/** Time and chance as the app sees them; tests put their own in place. */
export interface Clock {
  now(): Date;
}

export interface Randomness {
  bytes(size: number): Buffer;
}

export const systemClock: Clock = { now: () => new Date() };

// Asking the system for sixteen bytes takes as long as asking it for some thousands, several microseconds.
const RESERVE_BYTES = 8_192;
const reserve = Buffer.alloc(RESERVE_BYTES);
let used = RESERVE_BYTES;

export const systemRandomness: Randomness = {
  bytes: (size) => {
    if (size > RESERVE_BYTES / 8) return randomFillSync(Buffer.alloc(size));
    if (used + size > RESERVE_BYTES) {
      randomFillSync(reserve);
      used = 0;
    }
    const bytes = Buffer.allocUnsafe(size);
    reserve.copy(bytes, 0, used, used + size);
    // Nobody finds a secret here that was given out before.
    reserve.fill(0, used, used + size);
    used += size;
    return bytes;
  },
};

/** A UUID of version 7 (RFC 9562, section 5.7): 48 bits of milliseconds, then 74 random bits. */
export function uuidV7(clock: Clock, randomness: Randomness): string {
  const bytes = randomness.bytes(16);
  bytes.writeUIntBE(clock.now().getTime(), 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
