import type { LookSession } from "ashlar/health";
import type { Ground } from "../ground.ts";

/** Asks what the firing checks ask, on the console's connections. */
export type Asking = Pick<LookSession, "host" | "rows">;

export function asking(ground: Ground, deadline: number): Asking {
  return {
    host: ground.pool.address.host,
    rows: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await ground.execute<Row>({ text, values }, deadline)).rows,
  };
}

/** Names of the app's modules. */
export function modulesOf(ground: Ground): string[] {
  return ground.description.modules.map(({ name }) => name);
}
