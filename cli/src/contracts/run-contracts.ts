import { join } from "node:path";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { loadModel } from "../model/model.ts";
import { readObserved } from "../observed/observed.ts";
import type { ProjectDesk } from "../project-command.ts";
import { plural } from "../table.ts";
import { type Baselines, baselinesOf, type ConsumerReads } from "./baseline.ts";
import {
  BASELINES,
  type BaselineSource,
  directorySource,
  readBaselines,
  readOverridesFile,
  staleFiles,
  writeBaselines,
} from "./baseline-files.ts";
import { changesText, countsOf, countsText } from "./change-report.ts";
import type { ContractChange } from "./contract-change.ts";
import { contractChanges } from "./contract-difference.ts";
import { foldedReads } from "./observed-reads.ts";
import { judge, readOverrides } from "./overrides.ts";
import { sourceAgainst } from "./revision.ts";

export interface DiffOptions {
  readonly against?: string;
  readonly all?: true;
}

export interface CheckOptions {
  readonly against?: string;
}

/** Writes the baselines, and says what that changes. */
export async function runSnapshot({ project, signal, answer }: ProjectDesk): Promise<ExitCode> {
  const source = writtenSource(project.root);
  const before = readBaselines(source);
  const plain = baselinesOf(await loadModel(project, signal), project, {});
  const { reads: observed } = await readObserved(project);
  const now: Baselines = {
    ...plain,
    reads: foldedReads(before?.reads ?? {}, observed as ConsumerReads, plain),
  };
  const changes = before === null ? [] : contractChanges(before, now);
  const files = staleFiles(source, now);
  writeBaselines(join(project.root, BASELINES), now, files);
  answer({ files, counts: countsOf(changes), changes }, () =>
    files.length === 0
      ? `The baselines in ${BASELINES}/ say what the modules do.`
      : [
          ...(changes.some(({ severity }) => severity !== "ok") ? [changesText(changes, false), ""] : []),
          ...files.map(({ file, change }) => `${change.padEnd(7)}  ${BASELINES}/${file}`),
          "",
          before === null
            ? `These are the first baselines, of ${plural(Object.keys(now.modules).length, "module")}. Commit them.`
            : `${countsText(countsOf(changes))}. \`ashlar contracts check\` still compares with what was committed before.`,
        ].join("\n"),
  );
  return EXIT.done;
}

/** Shows what changed, and judges nothing. */
export async function runDiff(desk: ProjectDesk, { against, all }: DiffOptions): Promise<ExitCode> {
  const { project, answer, note } = desk;
  const source = against === undefined ? writtenSource(project.root) : sourceAgainst(project.root, against);
  const before = readBaselines(source);
  if (before === null) {
    note(`There are no baselines in ${source.name}; \`ashlar contracts snapshot\` writes the first.`);
    answer({ against: source.name, counts: countsOf([]), changes: [] }, () => "nothing to compare with");
    return EXIT.nothingMatched;
  }
  const changes = contractChanges(before, await promisedNow(desk));
  answer({ against: source.name, counts: countsOf(changes), changes }, () =>
    [
      ...(changesText(changes, all === true) === "" ? [] : [changesText(changes, all === true), ""]),
      `${countsText(countsOf(changes))} since ${source.name}.`,
    ].join("\n"),
  );
  return EXIT.done;
}

/** Fails on breaks that nobody has allowed, and on baselines that are not what the modules promise. */
export async function runCheck(desk: ProjectDesk, { against }: CheckOptions): Promise<ExitCode> {
  const { project, answer } = desk;
  const written = writtenSource(project.root);
  const source = sourceAgainst(project.root, against);
  const now = await promisedNow(desk);
  const before = readBaselines(source);
  const judged = judge(
    before === null ? [] : contractChanges(before, now),
    readOverrides(readOverridesFile(written), written.name),
    readOverrides(readOverridesFile(source), source.name),
  );
  const stale = staleFiles(written, now);
  const counts = countsOf(judged.changes);
  const isFailed =
    counts.errors > 0 || stale.length > 0 || judged.problems.some(({ severity }) => severity === "error");
  answer(
    {
      against: source.name,
      ok: !isFailed,
      counts,
      stale,
      overrides: judged.problems,
      changes: judged.changes,
    },
    () =>
      [
        ...withBlank(changesText(judged.changes, false)),
        ...withBlank(
          judged.problems
            .map(({ id, severity, text }) => `  ${severity.padEnd(7)}  override ${id}: ${text}`)
            .join("\n"),
        ),
        ...withBlank(
          stale.length === 0
            ? ""
            : `  error    ${stale.map(({ file }) => `${BASELINES}/${file}`).join(", ")} ${stale.length === 1 ? "does" : "do"} not say what the modules promise: run \`ashlar contracts snapshot\` and commit it`,
        ),
        ...withBlank(counts.errors === 0 ? "" : remedy(judged.changes)),
        before === null
          ? `There are no baselines in ${source.name}, so nothing can have been broken.`
          : `${countsText(counts)} since ${source.name}.`,
      ].join("\n"),
  );
  return isFailed ? EXIT.failed : EXIT.done;
}

function writtenSource(root: string): BaselineSource {
  return directorySource(join(root, BASELINES), `${BASELINES}/`);
}

/** The modules as they are, with the reads as they were last written. */
async function promisedNow({ project, signal }: ProjectDesk): Promise<Baselines> {
  const reads = readBaselines(writtenSource(project.root))?.reads ?? {};
  return baselinesOf(await loadModel(project, signal), project, reads);
}

function remedy(changes: readonly ContractChange[]): string {
  const first = changes.find(({ severity }) => severity === "error")!;
  return [
    "Make the change in steps that break nobody (docs/guides/contracts.md), or allow it in",
    `${BASELINES}/overrides.json, with a reason and the last day on which that counts:`,
    `  ${JSON.stringify({ overrides: [{ id: first.key, reason: "…", expires: "YYYY-MM-DD" }] })}`,
  ].join("\n");
}

function withBlank(text: string): readonly string[] {
  return text === "" ? [] : [text, ""];
}
