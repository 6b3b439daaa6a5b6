export { openSession, readOnly, type SessionOptions } from "./database.ts";
export type { Deployment } from "./deployment.ts";
export type { Examination } from "./examination.ts";
export { CHECK_IDS, examine } from "./examine.ts";
export { type Finding, SEVERITIES, type Severity, type Symptom } from "./finding.ts";
export { type Machine, type PinnedNode, readMachine } from "./machine.ts";
