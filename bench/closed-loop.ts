import { ownCpu } from "./cpu.ts";

export interface LoopResult {
  readonly operations: number;
  readonly elapsedMs: number;
  /** CPU of this process meanwhile, in microseconds. */
  readonly cpuMicros: number;
}

/** `clients` loops, each of which starts its next operation when its last one is done. */
export async function closedLoop(
  operation: () => Promise<unknown>,
  { clients, ms }: { readonly clients: number; readonly ms: number },
): Promise<LoopResult> {
  let operations = 0;
  const cpu = ownCpu();
  const start = performance.now();
  const loop = async () => {
    while (performance.now() - start < ms) {
      await operation();
      operations++;
    }
  };
  await Promise.all(Array.from({ length: clients }, loop));
  return { operations, elapsedMs: performance.now() - start, cpuMicros: ownCpu() - cpu };
}
