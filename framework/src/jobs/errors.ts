import type { SchemaViolation } from "../contract/index.ts";

/** A job that cannot be enqueued or run as asked. `code` is stable; `job` is `<module>.<name>` or a job's id. */
export class JobError extends Error {
  override readonly name: string = "JobError";
  readonly code: string;
  readonly job: string;

  constructor(code: string, job: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.job = job;
  }
}

/** A payload that does not satisfy its schema: at the call when it is enqueued, in the job's errors when it is run. */
export class JobPayloadError extends JobError {
  readonly violations: readonly SchemaViolation[];

  constructor(job: string, violations: readonly SchemaViolation[]) {
    super(
      "ASHLAR_JOB_PAYLOAD_INVALID",
      job,
      `The payload of ${job} is not what its schema says: ${violations
        .map(({ path, message }) => `${path === "" ? "the value" : path} ${message}`)
        .join("; ")}.`,
    );
    this.violations = violations;
  }
}

/** The job was given to another worker because this one had not been heard of for longer than its lease. */
export class LeaseLostError extends JobError {
  constructor(job: string) {
    super(
      "ASHLAR_JOB_LEASE_LOST",
      job,
      `The lease on ${job} is lost: this process was not heard of for too long and the job was given to another. ` +
        "What this attempt wrote is rolled back.",
    );
  }
}

/** Why a running attempt was aborted; the `reason` of its signal. */
export class JobAborted extends JobError {
  readonly why: "cancelled" | "timeout" | "lease_lost" | "shutdown";

  constructor(why: JobAborted["why"], job: string, detail: string) {
    super(why === "timeout" ? "ASHLAR_JOB_TIMEOUT" : "ASHLAR_JOB_ABORTED", job, detail);
    this.why = why;
  }
}
