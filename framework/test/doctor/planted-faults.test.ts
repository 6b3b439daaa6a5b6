import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { CHECK_IDS, type Finding } from "../../src/doctor/index.ts";
import { openClinic } from "./clinic.ts";
import { appFaults } from "./planted/app.ts";
import { machineFaults } from "./planted/machine.ts";
import { neglected } from "./planted/neglected-server.ts";
import type { PlantedFault } from "./planted/planted-fault.ts";
import { serverFaults } from "./planted/server.ts";
import { tableFaults } from "./planted/tables.ts";

const clinic = await openClinic();
const faults: readonly PlantedFault[] = [...machineFaults, ...serverFaults, ...tableFaults, ...appFaults];

function inWords({ title, evidence }: Finding): string {
  return `${title}: ${evidence.join("\n")}`;
}

function assertFound({ check, severity, says, remedy }: PlantedFault, findings: readonly Finding[]): void {
  const found = findings.find(
    (finding) => finding.check === check && finding.severity === severity && says.test(inWords(finding)),
  );
  assert.ok(found, `not among ${JSON.stringify(findings, null, 2)}`);
  assert.ok(found.remedy, "there is nothing to do about it");
  if (remedy !== undefined) assert.match(found.remedy, remedy);
  assert.doesNotMatch(JSON.stringify(findings), /not-to-be-told/);
}

test("with nothing wrong, every check says so", async () => {
  const findings = await clinic.examine();
  assert.deepEqual(
    findings.filter(({ severity }) => severity !== "ok"),
    [],
  );
  assert.deepEqual(findings.map(({ check }) => check).sort(), [...CHECK_IDS].sort());
});

for (const fault of faults) {
  describe(`${fault.check}: ${fault.fault}`, () => {
    const { check } = fault;
    const told = () => ({ ...fault.told?.(clinic), only: [check] });

    test("is found, with its evidence and what to do", async () => {
      const mend = await fault.plant?.(clinic);
      try {
        assertFound(fault, await clinic.examine(told()));
      } finally {
        await mend?.();
      }
    });

    test("is found no more once it is mended", async () => {
      // What is wrong with what the doctor is told is mended by telling otherwise.
      const changed = fault.plant === undefined ? { only: [check] } : told();
      const deployment = changed.deployment?.pool === undefined ? changed.deployment : undefined;
      const { deployment: _, ...rest } = changed;
      const findings = await clinic.examine({ ...rest, ...(deployment && { deployment }) });
      assert.deepEqual(
        findings.filter(({ severity }) => severity !== "ok"),
        [],
      );
    });
  });
}

for (const fault of neglected) {
  test(`${fault.check}: ${fault.fault}`, async () => {
    assertFound(fault, await fault.examine(clinic));
  });
}

test("every check has a planted fault", () => {
  const planted = new Set([...faults, ...neglected].map(({ check }) => check));
  assert.deepEqual([...planted].sort(), [...CHECK_IDS].sort());
});

test("docs/reference/doctor.md explains every check, and no other", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/reference/doctor.md"), "utf8");
  const explained = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]!);
  assert.deepEqual(explained.toSorted(), [...CHECK_IDS].sort());
});
