import type { ActionBegun, ActionDone, ActionRecord } from "../../../api/audit.ts";
import { get, post } from "./client.ts";
import { ApiProblem } from "./problem.ts";

/** What an action did, or in a dry run would do. */
export interface Outcome {
  readonly count: number;
  readonly isAtLeast?: boolean;
  readonly summary: string;
}

const POLL_MS = 1_000;

/** Whom it would be done to. Changes nothing and is not audited. */
export function dryRun(path: string, input: object): Promise<Outcome> {
  return post<Outcome>(path, { ...input, reason: "dry run", dryRun: true });
}

/** Does it and waits until it is done, however long that takes; `onProgress` hears how far it is. Throws ApiProblem. */
export async function act(
  path: string,
  input: object,
  reason: string,
  onProgress: (progress: ActionRecord) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const answer = await post<ActionDone | ActionBegun>(path, { ...input, reason });
  if ("summary" in answer) return answer;
  for (;;) {
    const record = await get<ActionRecord>(`/actions/${answer.id}`, signal);
    if (record.state === "done") {
      return {
        count: record.count ?? record.done,
        isAtLeast: record.isAtLeast,
        summary: record.summary ?? "done",
      };
    }
    if (record.state !== "under-way") throw failed(record);
    onProgress(record);
    await pause(POLL_MS, signal);
  }
}

function failed({ state, done, error, summary }: ActionRecord): ApiProblem {
  const title = state === "cut-off" ? "The instance that did it ended" : (error ?? summary ?? "It failed");
  const detail = `It was done to ${done} before`;
  return new ApiProblem({ code: "ACTION_NOT_DONE", status: 0, title, ...(done === 0 ? {} : { detail }) });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
