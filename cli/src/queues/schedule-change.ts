import type { QueueAdministration } from "ashlar/jobs";
import type { MakeCommand } from "../command.ts";
import { databaseCommand } from "../database-command.ts";
import { EXIT } from "../exit-code.ts";
import { addBy } from "./by.ts";
import { readQualified } from "./queue-name.ts";

export interface ScheduleChangeParts {
  readonly name: "run" | "pause" | "resume";
  readonly summary: string;
  readonly details?: string;
  readonly example: string;
  /** How the answer names it in JSON and what it says of each that was changed. */
  readonly past: string;
  readonly takesBy?: true;
  /** Returns the names that were changed. */
  change(
    administration: QueueAdministration,
    module: string,
    names: readonly string[],
    by: string,
  ): Promise<readonly string[]>;
}

/** A command that does something to the schedules that are named. */
export function scheduleChange(parts: ScheduleChangeParts): MakeCommand {
  return databaseCommand<{ readonly by: string }>({
    name: parts.name,
    summary: parts.summary,
    ...(parts.details === undefined ? {} : { details: parts.details }),
    example: parts.example,
    configure(command) {
      command.argument("<schedules...>", "schedules, such as billing.reconcileNightly");
      if (parts.takesBy) addBy(command);
    },
    async run({ administration, answer, note }, { by }, words) {
      const wanted = words.map((word) => ({ word, ...readQualified(word, "schedule") }));
      const changed: string[] = [];
      for (const [module, group] of Map.groupBy(wanted, (each) => each.module)) {
        const names = await parts.change(
          administration,
          module,
          group.map(({ name }) => name),
          by,
        );
        changed.push(...names.map((name) => `${module}.${name}`));
      }
      const known = new Set(
        (await administration.schedules([...new Set(wanted.map(({ module }) => module))])).map(
          ({ module, name }) => `${module}.${name}`,
        ),
      );
      for (const { word } of wanted) if (!known.has(word)) note(`There is no schedule ${word}.`);
      answer({ [parts.past]: changed }, () =>
        changed.length === 0
          ? `nothing to ${parts.name}`
          : changed.map((name) => `${parts.past} ${name}`).join("\n"),
      );
      return changed.length > 0 ? EXIT.done : EXIT.nothingMatched;
    },
  });
}
