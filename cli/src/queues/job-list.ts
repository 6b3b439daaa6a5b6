import type { JobFilter } from "ashlar/jobs";
import { type Command, InvalidArgumentError } from "commander";
import type { Workplace } from "../database-command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { jobTable } from "./job-table.ts";

export interface PageOptions {
  readonly limit: number;
  readonly after?: string;
}

const MOST_LISTED = 1000;

export function addPage(command: Command): void {
  command
    .option("--limit <count>", `how many to show, at most ${MOST_LISTED}`, readLimit, 50)
    .option("--after <cursor>", "the next page, as the one before has named it");
}

/** Shows one page of the jobs of a filter. */
export async function showJobs(
  { administration, answer, note }: Workplace,
  filter: JobFilter,
  { limit, after }: PageOptions,
): Promise<ExitCode> {
  const page = await administration.list(filter, { limit, after: after ?? null });
  if (page.jobs.length === 0) {
    answer(page, () => "no job matches");
    return EXIT.nothingMatched;
  }
  answer(page, ({ jobs }) => jobTable(jobs));
  if (page.next !== null) note(`There are more: add --after ${page.next}`);
  return EXIT.done;
}

function readLimit(text: string): number {
  const limit = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MOST_LISTED) return limit;
  throw new InvalidArgumentError(`It is a number from 1 to ${MOST_LISTED}.`);
}
