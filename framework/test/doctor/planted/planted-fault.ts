import type { Examination, Severity } from "../../../src/doctor/index.ts";
import type { Clinic } from "../clinic.ts";

/** A fault, and what the doctor must say of it. */
export interface PlantedFault {
  /** Id of the check that must find it. */
  readonly check: string;
  /** What is wrong, as the name of a test. */
  readonly fault: string;
  readonly severity: Exclude<Severity, "ok">;
  /** What the title or the evidence must say. */
  readonly says: RegExp;
  /** What the remedy must name. */
  readonly remedy?: RegExp;
  /** Makes the fault and returns what undoes it. Without it the fault is in what the doctor is told. */
  plant?(clinic: Clinic): Promise<() => Promise<unknown>>;
  /** What the doctor is told. */
  told?(clinic: Clinic): Partial<Examination>;
}

/** Plants by SQL and mends by SQL, as superuser. */
export function bySql(plant: string | readonly string[], mend: string | readonly string[]) {
  return {
    async plant(clinic: Clinic) {
      await clinic.sql(...[plant].flat());
      return () => clinic.sql(...[mend].flat());
    },
  };
}

/** Plants by a setting of the database. */
export function bySetting(name: string, value: string) {
  return bySql(`alter database clinic set ${name} = ${value}`, `alter database clinic reset ${name}`);
}
