/** What `work` resolves with; null when that takes longer. The work goes on, and may reject after nobody waits. */
export async function inTime<Value>(work: Promise<Value>, limitMs: number): Promise<Value | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(resolve, limitMs, null);
  return await Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
