import { createHash } from "node:crypto";
import type { Randomness } from "../module/index.ts";

/** Bytes that are the same in every run for the same seed, and never repeat within it. Not for secrets. */
export function testRandomness(seed: string): Randomness {
  let calls = 0;
  return {
    bytes(size) {
      calls++;
      const blocks: Buffer[] = [];
      for (let length = 0; length < size; length += 32) {
        blocks.push(createHash("sha256").update(`${seed}/${calls}/${blocks.length}`).digest());
      }
      return Buffer.concat(blocks).subarray(0, size);
    },
  };
}
