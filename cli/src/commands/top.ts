import { EXIT, type ExitCode, UsageError } from "../exit-code.ts";
import { plainCommand } from "../project-command.ts";
import type { NowAnswer } from "../top/now-answer.ts";

interface TopOptions {
  readonly url?: string;
  readonly once?: true;
  readonly json?: true;
}

const USUAL_URL = "http://127.0.0.1:3000";

export const top = plainCommand<TopOptions>({
  name: "top",
  summary: "Show what the console's Now screen shows: what fires, since when, and the last changes.",
  details:
    "Asks a running app every two seconds and redraws in place: q ends it, r asks at once. ASHLAR_TOKEN is a token that the\n" +
    "app takes, of somebody with a role of the console; without it a terminal asks for what the console asks for. While the\n" +
    "app does not answer, the last picture stays with its time. With --once or --json, and where there is no terminal, it\n" +
    "asks once: exit code 0 when nothing fires as an error, 1 when something does, 3 when the app cannot be asked.",
  example: "ashlar top --url http://127.0.0.1:3000",
  configure(command) {
    command.option("--url <url>", `where the app is; else ${USUAL_URL}`).option("--once", "print it and end");
  },
  async run(desk, options) {
    const url = address(options.url ?? USUAL_URL);
    const [{ ConsoleClient }, { TopError }, { picture }, { askAndSignIn }, { watch }, { terminalWidth }] =
      await Promise.all([
        import("../top/console-client.ts"),
        import("../top/top-error.ts"),
        import("../top/picture.ts"),
        import("../top/sign-in.ts"),
        import("../top/watch.ts"),
        import("../table.ts"),
      ]);
    const token = process.env.ASHLAR_TOKEN || null;
    const client = new ConsoleClient(url, token, desk.signal);
    let signOut = async () => {};
    let now: NowAnswer;
    try {
      if (token === null) signOut = await askAndSignIn(client);
      now = await client.now();
    } catch (error) {
      if (!(error instanceof TopError)) throw error;
      if (desk.signal.aborted) return EXIT.interrupted;
      const { code, message } = error;
      console.error(options.json ? JSON.stringify({ error: { code, message } }) : message);
      return EXIT.cannotAsk;
    }
    try {
      const isOnce = options.once || options.json || process.stdout.isTTY !== true;
      if (!isOnce) {
        await watch(client, now, desk.signal);
        return desk.signal.aborted ? EXIT.interrupted : EXIT.done;
      }
      const frame = { url, width: terminalWidth(), height: Number.POSITIVE_INFINITY, silence: null };
      desk.answer(now, () => picture(now, { ...frame, now: Date.now() }).join("\n"));
      return exitCodeOf(now);
    } finally {
      await signOut().catch(() => {});
    }
  },
});

function exitCodeOf({ data }: NowAnswer): ExitCode {
  return data.firing.some(({ severity }) => severity === "error") ? EXIT.failed : EXIT.done;
}

function address(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.username !== "") {
    throw new UsageError(`${JSON.stringify(text)} is no address of an app. It looks like ${USUAL_URL}.`);
  }
  return url.href.replace(/\/(console\/?)?$/, "");
}
