import pg from "pg";
import type { Incident, IncidentScene } from "./incident.ts";
import { openTraffic } from "./shopper.ts";

/** An incident in a shop under load, from `prepare` to the end of `clear`. */
export interface Practice extends AsyncDisposable {
  /** From here on there is a "before" to compare with. */
  readonly scene: IncidentScene;
  /** Of the traffic so far. */
  readonly requests: () => number;
  plant(): Promise<void>;
}

export interface PracticeOptions {
  readonly url: string;
  readonly databaseUrl: string;
  /** Requests a second of the traffic. */
  readonly rate: number;
  readonly signal: AbortSignal;
}

/** Clears what an earlier run left, prepares the incident and lets people into the shop. */
export async function practise(incident: Incident, options: PracticeOptions): Promise<Practice> {
  const { url, databaseUrl, rate, signal } = options;
  const all = new AsyncDisposableStack();
  try {
    const admin = new pg.Client({ connectionString: databaseUrl, application_name: "shop incidents" });
    // Without it the clean-up fails, and says so.
    admin.on("error", () => {});
    await admin.connect();
    all.defer(() => admin.end());
    const scene = { url, databaseUrl, admin, signal };
    await incident.clear(scene);
    all.defer(() => incident.clear(scene));
    await incident.prepare?.(scene);
    signal.throwIfAborted();
    const traffic = all.use(await openTraffic(url, rate));
    // Before the traffic ends: nobody is to wait for what is about to be cleared.
    const leftovers = all.use(new AsyncDisposableStack());
    return {
      scene,
      requests: () => traffic.requests,
      plant: () => incident.plant(scene, leftovers),
      [Symbol.asyncDispose]: () => all.disposeAsync(),
    };
  } catch (error) {
    await all.disposeAsync();
    throw error;
  }
}
