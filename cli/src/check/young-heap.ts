import { setFlagsFromString } from "node:v8";

/**
 * Keeps the heap for what is new from growing. Syntax trees are thrown away one by one, and V8 would take the stream of
 * them for a reason to collect more seldom: 376 MB instead of 242 on 5,000 files, and no faster.
 */
export function keepYoungHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
