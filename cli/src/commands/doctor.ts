import { EXIT, UsageError } from "../exit-code.ts";
import { plainCommand } from "../project-command.ts";

interface DoctorOptions {
  readonly database?: string;
  readonly root?: string;
  readonly instances?: number;
  readonly pool?: number;
  readonly surge?: number;
  readonly requestTimeout?: number;
  readonly only?: readonly string[];
  readonly strict?: true;
  readonly verbose?: true;
}

export const doctor = plainCommand<DoctorOptions>({
  name: "doctor",
  summary: "Examine Node, the database and the app in it: what is wrong, the evidence, and what to do.",
  details:
    "Works with a project, with a database, or with both. Writes nothing: what is tried on the walls is refused or rolled\n" +
    "back. DATABASE_LOGIN_PASSWORD is the password of the app's own login, if it was given one. Exit code 1 when an error\n" +
    "was found, with --strict also for a warning. docs/reference/doctor.md explains every check.",
  example: "ashlar doctor --instances 4 --pool 20 --surge 0.5",
  configure(command) {
    command
      .option(
        "--database <url>",
        "the database, as its administrator; else DATABASE_URL, else the project's own",
      )
      .option("--root <directory>", "the project; else the one around this directory")
      .option("--instances <count>", "processes of the app; else those that work on jobs now", count)
      .option("--pool <count>", "connections of the pool of each; else 10", count)
      .option("--surge <share>", "share of them that a deploy runs beside the old; else 0.25", share)
      .option("--request-timeout <ms>", "how long a request may take; else 10000", count)
      .option("--only <checks>", "make these checks alone; several by commas", list)
      .option("--strict", "fail for warnings too")
      .option("--verbose", "list the checks that found nothing wrong, with their evidence");
  },
  async run(desk, options) {
    const [{ examineHere }, { report }] = await Promise.all([
      import("../doctor/examine-here.ts"),
      import("../doctor/report.ts"),
    ]);
    const findings = await examineHere(options, desk);
    desk.answer({ findings }, () => report(findings, options.verbose === true));
    const fails = options.strict ? ["error", "warning"] : ["error"];
    return findings.some(({ severity }) => fails.includes(severity)) ? EXIT.failed : EXIT.done;
  },
});

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`"${text}" is no count. Give a whole number above 0.`);
}

function share(text: string): number {
  const value = Number(text);
  if (value >= 0 && text.trim() !== "" && Number.isFinite(value)) return value;
  throw new UsageError(`"${text}" is no share. Give a number such as 0.25, for a quarter more.`);
}

function list(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(",").map((each) => each.trim())];
}
