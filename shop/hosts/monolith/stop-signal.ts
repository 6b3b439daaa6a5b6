/** In a terminal one Ctrl-C reaches the process twice: from the terminal, and once more passed on by npm. */
const SAME_KEYSTROKE_MS = 500;

/**
 * Aborts at the first SIGINT or SIGTERM. A second one, if it is not the same keystroke, ends the process at once
 * with the exit code that shells give it.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let firstAt: number | undefined;
  for (const [signal, number] of [
    ["SIGINT", 2],
    ["SIGTERM", 15],
  ] as const) {
    process.on(signal, () => {
      if (firstAt === undefined) {
        firstAt = performance.now();
        controller.abort();
      } else if (performance.now() - firstAt > SAME_KEYSTROKE_MS) {
        process.exit(128 + number);
      }
    });
  }
  return controller.signal;
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
