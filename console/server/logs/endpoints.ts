import { Refusal } from "ashlar/http";
import { changeLogLevel } from "ashlar/module";
import { LOG_LEVELS, type LogLevelChange, type LogLevelsView, type LogLevelView } from "../../api/logs.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Ground } from "../ground.ts";

const USUAL_MINUTES = 15;
const MOST_MINUTES = 24 * 60;

/** What the modules log, and a change of it for a while on every instance. */
export function logEndpoints({ app, execute }: Ground): readonly Endpoint[] {
  const levels = app.telemetry.logLevels;
  const list = (): LogLevelsView => ({
    modules: levels.list().map(({ until, ...level }) => ({ ...level, until: until?.getTime() ?? null })),
  });
  return [
    { kind: "read", path: "/logs/levels", read: async () => list() },
    {
      kind: "act",
      path: "/logs/level",
      action: "logs.level",
      parse: (body) =>
        changeOf(
          body,
          levels.list().map(({ module }) => module),
        ),
      act: async ({ input, dryRun }) => {
        const { module, level, minutes } = input as Required<LogLevelChange>;
        const usual = levels.list().find((each) => each.module === module)!.usual;
        const forHowLong = level === usual ? "as usual" : `for ${minutes} min, then ${usual} again`;
        const summary = `${module} logs ${level === "silent" ? "nothing" : `${level} and above`} ${forHowLong}`;
        if (!dryRun) {
          await changeLogLevel(execute, { module, level, forMs: minutes * 60_000 });
          // This instance at once, the others when they next look.
          levels.set(module, level, minutes * 60_000);
        }
        return { count: 1, summary };
      },
    },
  ];
}

function changeOf(body: unknown, modules: readonly string[]): Required<LogLevelChange> {
  const { module, level, minutes = USUAL_MINUTES } = (body ?? {}) as Record<string, unknown>;
  const errors = [
    typeof module === "string" && modules.includes(module)
      ? null
      : { path: "/body/module", message: `must be one of ${modules.join(", ")}` },
    LOG_LEVELS.includes(level as LogLevelView)
      ? null
      : { path: "/body/level", message: `must be one of ${LOG_LEVELS.join(", ")}` },
    Number.isInteger(minutes) && (minutes as number) >= 1 && (minutes as number) <= MOST_MINUTES
      ? null
      : { path: "/body/minutes", message: `must be a whole number from 1 to ${MOST_MINUTES}` },
  ].filter((error) => error !== null);
  if (errors.length > 0) throw new Refusal("REQUEST_INVALID", { errors });
  return { module: module as string, level: level as LogLevelView, minutes: minutes as number };
}
