import type { JobStore } from "../store/job-store.ts";
import { jobTopic } from "../topics.ts";
import type { AttemptHost } from "./attempt-run.ts";

/** What attempts at the jobs of one module need of its store. */
export function attemptHost(module: string, store: JobStore): AttemptHost {
  return {
    async completeIn(transaction, role, job, output) {
      const { wake } = await store.completeIn((text) => transaction.execute(role, text), job, output);
      return wake.map((queue) => jobTopic(module, queue));
    },
    reportProgress: (job, value) => store.progress(job.worker, job, value),
  };
}
