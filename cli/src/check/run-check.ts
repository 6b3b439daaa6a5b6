import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT, type ExitCode, UsageError } from "../exit-code.ts";
import type { ProjectDesk } from "../project-command.ts";
import { plural } from "../table.ts";
import { type Checked, checkProject, sorted } from "./check.ts";
import { adopted, applyRatchet, tightened } from "./ratchet/apply.ts";
import { ratchetOf } from "./ratchet/base.ts";
import { isDay, isUrl, RATCHET_FILE, readRatchet, writeRatchet } from "./ratchet/ratchet.ts";
import { type CheckReport, reportText } from "./report.ts";
import { keepYoungHeapSmall } from "./young-heap.ts";

export interface CheckOptions {
  readonly adopt?: true;
  readonly tighten?: true;
  readonly owner?: string;
  readonly issue?: string;
  readonly expires?: string;
  readonly base?: string;
  /** False for --no-cache. */
  readonly cache: boolean;
}

/** The work of `ashlar check`. */
export async function runCheck(desk: ProjectDesk, options: CheckOptions): Promise<ExitCode> {
  const terms = termsOf(options);
  const { project, answer, progress } = desk;
  const file = join(project.root, RATCHET_FILE);
  if (terms !== null && existsSync(file)) {
    throw new UsageError(
      `${RATCHET_FILE} is there already, and can only shrink. Put right what is new; --tighten removes what is no longer needed.`,
    );
  }
  const text = existsSync(file) ? readFileSync(file, "utf8") : null;
  const ratchet = text === null ? null : readRatchet(text, RATCHET_FILE);
  progress("reading the modules …");
  keepYoungHeapSmall();
  const checked = await checkProject(project, { useCache: options.cache });

  if (terms !== null) {
    const written = adopted(checked.violations, terms);
    if (written.entries.length > 0) writeFileSync(file, writeRatchet(written));
    answer({ adopted: written.entries }, ({ adopted: entries }) =>
      entries.length === 0
        ? "There is nothing to adopt: no wall is crossed."
        : `${RATCHET_FILE}: ${plural(
            entries.reduce((sum, { count }) => sum + count, 0),
            "violation",
          )} adopted, until ${terms.expires}. Commit it; from now on it can only shrink.`,
    );
    return EXIT.done;
  }
  if (options.tighten === true) {
    if (ratchet === null) {
      throw new UsageError(`There is no ${RATCHET_FILE} to tighten. \`ashlar check --adopt\` makes one.`);
    }
    const left = tightened(checked.violations, ratchet);
    if (left.entries.length > 0) writeFileSync(file, writeRatchet(left));
    else rmSync(file);
    const removed = ratchet.entries.length - left.entries.length;
    answer({ removed, left: left.entries }, ({ left: entries }) =>
      entries.length === 0
        ? `Nothing is left to adopt: ${RATCHET_FILE} is removed.`
        : `${RATCHET_FILE}: ${removed} of ${ratchet.entries.length} removed, ${entries.length} left.`,
    );
    return EXIT.done;
  }

  const applied =
    ratchet === null
      ? { violations: checked.violations, adopted: 0 }
      : applyRatchet(checked.violations, ratchet, await ratchetOf(project.root, options.base), {
          text: text!,
          today: new Date().toISOString().slice(0, 10),
          baseName: options.base ?? "HEAD",
        });
  const report = reportOf(checked, applied);
  answer(report, reportText);
  return report.counts.errors > 0 ? EXIT.failed : EXIT.done;
}

function reportOf(
  checked: Checked,
  { violations, adopted: covered }: { violations: CheckReport["violations"]; adopted: number },
): CheckReport {
  const errors = violations.filter(({ severity }) => severity === "error").length;
  const { modules, files, freshFiles } = checked;
  return {
    violations: sorted(violations),
    counts: { errors, notes: violations.length - errors, adopted: covered, modules, files, freshFiles },
    // Since the process began: what whoever called it has waited.
    milliseconds: Math.round(performance.now()),
  };
}

/** What --adopt needs, all of it; null without --adopt. */
function termsOf({ adopt, tighten, owner, issue, expires }: CheckOptions) {
  if (adopt !== true) {
    if (owner !== undefined || issue !== undefined || expires !== undefined) {
      throw new UsageError("--owner, --issue and --expires belong to --adopt.");
    }
    return null;
  }
  if (tighten === true)
    throw new UsageError("Either --adopt or --tighten: the one begins a ratchet, the other shrinks it.");
  if (owner === undefined || issue === undefined || expires === undefined) {
    throw new UsageError(
      "--adopt needs to know who will put it right, where that is tracked and until when: --owner billing-team --issue https://… --expires 2027-03-31.",
    );
  }
  if (!isUrl(issue))
    throw new UsageError(`--issue ${JSON.stringify(issue)} is no URL that begins with http.`);
  if (!isDay(expires))
    throw new UsageError(`--expires ${JSON.stringify(expires)} is no day. It looks like 2027-03-31.`);
  if (expires <= new Date().toISOString().slice(0, 10)) {
    throw new UsageError(`--expires ${expires} is over. Name a day to come.`);
  }
  return { owner, issue, expires };
}
