export { act, dryRun, type Outcome } from "./act.ts";
export { get, post } from "./client.ts";
export { ApiProblem } from "./problem.ts";
export { session, useSession } from "./session.ts";
export { type ShownState, useShown } from "./shown.ts";
