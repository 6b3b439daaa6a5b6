import { setTimeout as delay } from "node:timers/promises";
import { terminalWidth } from "../table.ts";
import type { ConsoleClient } from "./console-client.ts";
import type { NowAnswer } from "./now-answer.ts";
import { picture } from "./picture.ts";
import { Screen } from "./screen.ts";

const EVERY_MS = 2_000;
const CTRL_C = "\u0003";

/** Asks again and again and redraws in place, until `q`, Ctrl-C or the signal. While nobody answers the last picture stays. */
export async function watch(client: ConsoleClient, first: NowAnswer, signal: AbortSignal): Promise<void> {
  let last = first;
  let silence: string | null = null;
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  let again = new AbortController();
  const draw = () =>
    screen.draw(
      picture(last, {
        url: client.url,
        width: terminalWidth(),
        height: process.stdout.rows || 24,
        now: Date.now(),
        silence,
      }),
    );
  const screen = new Screen({
    onKey: (key) => {
      if (key === "q" || key === CTRL_C) over.abort();
      if (key === "r") again.abort();
    },
    onResize: draw,
  });
  screen.open();
  try {
    while (!stop.aborted) {
      draw();
      await delay(EVERY_MS, undefined, { signal: AbortSignal.any([stop, again.signal]) }).catch(() => {});
      if (stop.aborted) return;
      again = new AbortController();
      try {
        last = await client.now();
        silence = null;
      } catch (error) {
        silence = (error as Error).message;
      }
    }
  } finally {
    screen.close();
  }
}
