import { Activity } from "ashlar/module";
import type { Ground } from "../ground.ts";

/** Reads what all instances did, not beyond the deadline. */
export function activityOf(ground: Pick<Ground, "execute">, deadline: number): Activity {
  return new Activity({ execute: (statement) => ground.execute(statement, deadline) });
}
