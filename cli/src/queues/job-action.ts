import type { ActionOptions, ActionResult, JobFilter, QueueAdministration } from "ashlar/jobs";
import type { MakeCommand } from "../command.ts";
import { databaseCommand } from "../database-command.ts";
import { EXIT } from "../exit-code.ts";
import { number, plural } from "../table.ts";
import { addFilter, chosenFilterOf, type FilterOptions } from "./filter-options.ts";

export interface JobActionParts {
  readonly name: string;
  /** `retried`. */
  readonly past: string;
  readonly summary: string;
  readonly details: string;
  readonly example: string;
  readonly takesStates: boolean;
  readonly takesReason?: true;
  act(administration: QueueAdministration, filter: JobFilter, options: ActionOptions): Promise<ActionResult>;
}

interface ActingOptions extends FilterOptions {
  readonly yes?: true;
  readonly reason?: string;
}

/** A command that does something to all jobs of a filter. Says what it would do, until it is told --yes. */
export function jobAction(parts: JobActionParts): MakeCommand {
  const { name, past } = parts;
  return databaseCommand<ActingOptions>({
    name,
    summary: parts.summary,
    details: `${parts.details}\nSays how many jobs that would be; add --yes to do it.`,
    example: parts.example,
    configure(command) {
      addFilter(command, { states: parts.takesStates });
      if (parts.takesReason) command.option("--reason <text>", "for the handlers of running jobs to see");
      command.option("--all", "every job that this can be done to").option("--yes", "do it");
    },
    async run({ administration, answer, progress, note, signal }, options, ids) {
      const filter = await chosenFilterOf(options, ids);
      if (options.yes !== true) {
        const { wouldDo } = await parts.act(administration, filter, { dryRun: true });
        const { count, isAtLeast } = wouldDo!;
        answer({ action: name, dryRun: true, count, isAtLeast }, () =>
          count === 0
            ? `no job to ${name}`
            : `would ${name} ${isAtLeast ? "at least " : ""}${plural(count, "job")}; add --yes`,
        );
        return count === 0 ? EXIT.nothingMatched : EXIT.done;
      }
      let soFar = { done: 0, inTheWay: 0 };
      try {
        soFar = await parts.act(administration, filter, {
          signal,
          ...(options.reason === undefined ? {} : { reason: options.reason }),
          onProgress: (now) => {
            soFar = now;
            progress(`${past} ${plural(now.done, "job")} ...`);
          },
        });
      } catch (error) {
        if (signal.aborted) {
          note(`Interrupted: ${past} ${plural(soFar.done, "job")}, the others are as they were.`);
          return EXIT.interrupted;
        }
        if (soFar.done > 0) note(`${past} ${plural(soFar.done, "job")} before it failed:`);
        throw error;
      }
      const { done, inTheWay } = soFar;
      answer({ action: name, dryRun: false, count: done, inTheWay }, () =>
        done === 0 && inTheWay === 0 ? `no job to ${name}` : `${past} ${plural(done, "job")}`,
      );
      if (inTheWay > 0) {
        note(
          `${number(inTheWay)} left dead: a newer job has the same unique key. Retry them when it has ended, or discard them.`,
        );
      }
      if (done > 0) return EXIT.done;
      return inTheWay > 0 ? EXIT.failed : EXIT.nothingMatched;
    },
  });
}
