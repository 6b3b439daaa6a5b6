import type { MigrationFacts } from "./migration-facts.ts";
import type { JudgedHazard, MigrationFinding } from "./migration-violations.ts";
import { deployRules } from "./recipes.ts";

/** The hazards of a file without those that it accepts, and what is wrong with its acceptances. */
export function acceptedIn(facts: MigrationFacts, hazards: readonly JudgedHazard[]): MigrationFinding[] {
  const findings: MigrationFinding[] = [];
  const met = new Set<number>();
  for (const { statement, user, gone: _, ...hazard } of hazards) {
    const { line, column, words } = facts.statements[statement]!;
    const index = facts.accepts.findIndex(
      (each) => each.statement === statement && each.rule === hazard.rule,
    );
    if (index !== -1) met.add(index);
    if (index !== -1 && user === null && facts.accepts[index]?.reason !== "") continue;
    const message = `${words} ${hazard.message}`;
    findings.push(
      user === null
        ? { ...hazard, line, column, message }
        : {
            ...hazard,
            line,
            column,
            message: `${message} So does ${user}.`,
            remedy: `Change ${user} first. ${hazard.remedy}`,
          },
    );
  }
  for (const [index, { rule, reason, line, column }] of facts.accepts.entries()) {
    const isKnown = deployRules.some((known) => known === rule);
    if (isKnown && reason !== "" && met.has(index)) continue;
    findings.push({
      rule: "migration-accept",
      line,
      column,
      message: !isKnown
        ? `There is no rule ${rule} that a migration may accept.`
        : reason === ""
          ? `${rule} is accepted without a reason.`
          : `${rule} is accepted here, and nothing below is against it.`,
      remedy: isKnown
        ? "Write `-- ashlar: accept <rule>: <reason>` right above the statement that needs it, or remove the line."
        : `One may accept ${deployRules.join(", ")}.`,
    });
  }
  return findings;
}
