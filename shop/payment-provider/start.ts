import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Times, Webhook } from "./configuration.ts";

export interface StartOptions {
  readonly key: string;
  /** See Configuration. */
  readonly stateFile: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly times?: Partial<Times>;
}

export interface PaymentProviderProcess {
  readonly url: string;
  readonly key: string;
  readonly pid: number;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Where its notices go from now on. */
  setWebhook(webhook: Webhook): Promise<void>;
  /** Asks it to end and waits for that; `SIGKILL` gives it no time for anything. May be called again. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));

/** Starts the payment provider as a child of this process, which it does not outlive, and waits until it listens. */
export async function startPaymentProvider(options: StartOptions): Promise<PaymentProviderProcess> {
  const { key, stateFile, port = 0, times = {} } = options;
  const variable = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  const child = spawn(process.execPath, [MAIN], {
    stdio: ["pipe", "pipe", "inherit"],
    // Ctrl-C in a terminal is for the parent, which may still need it until its own work is done.
    detached: true,
    // The environment is all it is told; what else is in ours is none of its business.
    env: {
      PORT: String(port),
      PAYMENT_PROVIDER_KEY: key,
      PAYMENT_PROVIDER_STATE: stateFile,
      PAYMENT_PROVIDER_STOPS_WITH_INPUT: "1",
      ...Object.fromEntries(
        Object.entries(times).map(([name, ms]) => [`PAYMENT_PROVIDER_${variable(name)}`, String(ms)]),
      ),
    },
  });
  const ended = once(child, "close").then(() => {});
  // A write to the input of a process that was killed is no news.
  child.stdin.on("error", () => {});
  const url = await Promise.race([
    once(createInterface(child.stdout), "line").then(([line]) => (line as string).replace(/^ready /, "")),
    ended.then(() => {
      throw new Error("The payment provider did not start; what it printed says why.");
    }),
  ]);
  return {
    url,
    key,
    pid: child.pid!,
    ended,
    setWebhook: async (webhook) => {
      const answer = await fetch(`${url}/v1/webhook`, {
        method: "PUT",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify(webhook),
      });
      if (!answer.ok) throw new Error(`The payment provider refused the webhook: ${await answer.text()}`);
    },
    stop: async (signal = "SIGTERM") => {
      child.kill(signal);
      await ended;
    },
  };
}
