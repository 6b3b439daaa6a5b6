import type { EdgePart } from "ashlar/http";
import type { App } from "ashlar/module";
import { composeConsole } from "./compose-console.ts";
import { endpoints } from "./endpoints.ts";
import type { Ground } from "./ground.ts";
import { openGround } from "./open-ground.ts";
import type { ConsoleOptions } from "./options.ts";

/** The operator's console of a running app. Give it to `serve` as a part, and stop it after the edge. */
export interface Console extends EdgePart {
  readonly ground: Ground;
  /** Ends actions that are under way, then closes the console's connections. May be called again. */
  stop(): Promise<void>;
}

/**
 * Opens the console of a started app: begins to look for what fires, and serves the screens under /console/. Nobody
 * gets in who holds neither of the two roles.
 */
export async function openConsole(app: App, options: ConsoleOptions): Promise<Console> {
  const ground = openGround(app, options);
  return { ground, ...composeConsole(ground, options, endpoints(ground)) };
}
