import type { Machine } from "../../../src/doctor/index.ts";
import { healthy } from "../clinic.ts";
import type { PlantedFault } from "./planted-fault.ts";

function machine(changed: Partial<Machine>) {
  return { told: () => ({ machine: { ...healthy, ...changed } }) };
}

const DAY_MS = 86_400_000;

export const machineFaults: readonly PlantedFault[] = [
  {
    check: "node-version",
    fault: "Node is older than the framework supports",
    severity: "error",
    says: /it is 22\.4\.0; Ashlar needs 24 or later/,
    remedy: /node@24/,
    ...machine({ nodeVersion: "22.4.0" }),
  },
  {
    check: "node-version",
    fault: "Node got its last security fix",
    severity: "error",
    says: /Node 25 gets no more security fixes: it is 25\.1\.0, since 2026-06-01/,
    ...machine({ nodeVersion: "25.1.0", now: () => Date.parse("2026-06-02") }),
  },
  {
    check: "node-version",
    fault: "Node gets its last security fix soon",
    severity: "warning",
    says: /until 2028-04-30/,
    ...machine({ now: () => Date.parse("2028-04-30") - 90 * DAY_MS }),
  },
  {
    check: "node-version",
    fault: "Node is newer than the doctor",
    severity: "note",
    says: /The doctor does not know Node 42/,
    ...machine({ nodeVersion: "42.0.0" }),
  },
  {
    check: "node-pinned",
    fault: "the project pins no Node",
    severity: "note",
    says: /neither a dependency `node`/,
    remedy: /npm install --save-dev --save-exact node@24\.21\.0/,
    ...machine({ pinned: [] }),
  },
  {
    check: "node-pinned",
    fault: "another Node runs than the one that is pinned",
    severity: "warning",
    says: /running: 24\.21\.0.*\.nvmrc pins 24\.2\b/s,
    ...machine({ pinned: [{ file: ".nvmrc", version: "24.2" }] }),
  },
  {
    check: "npm-version",
    fault: "npm is old",
    severity: "warning",
    says: /it is 10\.8\.2; Node 24 comes with 11/,
    ...machine({ npmVersion: async () => "10.8.2" }),
  },
  {
    check: "password-threads",
    fault: "there are more cores than threads",
    severity: "note",
    says: /16 cores, 4 threads, the default of Node/,
    remedy: /UV_THREADPOOL_SIZE=16/,
    ...machine({ cores: 16 }),
  },
];
