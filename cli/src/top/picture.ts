import { age } from "../durations.ts";
import { colour, number, oneLine, plural } from "../table.ts";
import type { FiringAnswer, NowAnswer } from "./now-answer.ts";

export interface PictureFrame {
  readonly url: string;
  readonly width: number;
  /** Lines that there is room for; Infinity where the text may run on. */
  readonly height: number;
  /** Milliseconds of the epoch. */
  readonly now: number;
  /** Why the picture is an old one; null while it is not. */
  readonly silence: string | null;
}

const WORDS = { error: "ERROR", warning: "WARNING", note: "NOTE" } as const;
const STYLES = { error: ["red", "bold"], warning: ["yellow", "bold"], note: ["cyan"] } as const;
const STATES = {
  well: ["Well: nothing fires", "green"],
  note: ["Well, with something to note", "cyan"],
  warning: ["Something warns", "yellow"],
  error: ["Something is wrong", "red"],
  blind: ["Some checks cannot look", "magenta"],
} as const;
const INDENT = " ".repeat(15);
const MOST_CHANGES = 5;
const UNKNOWN = "–";
const BARS = "▁▂▃▄▅▆▇█";

/** The Now screen as lines that fit. What there is no room for is cut from the end, and said to be. */
export function picture({ data, at, stale }: NowAnswer, frame: PictureFrame): string[] {
  const { width, now } = frame;
  const cut = (text: string) => cutTo(oneLine(text), width);
  const lines: string[] = [
    `${colour("bold", cut(frame.url))}  ${clock(now)}`.slice(0, width + 20),
    ...(frame.silence === null
      ? []
      : [colour(["red", "bold"], cut(`${frame.silence} This is the picture of ${clock(at)}.`))]),
    ...(stale === null
      ? []
      : [
          colour(
            ["yellow", "bold"],
            cut(`As of ${clock(at)}: ${stale.reason}, since ${age(now - stale.since)}.`),
          ),
        ]),
    colour([STATES[data.state][1], "bold"], cut(stateInWords(data))),
    cut(numbersInWords(data)),
    ...trafficLine(data.traffic.values.requests ?? [], width),
    "",
  ];
  for (const firing of data.firing) lines.push(...firingLines(firing, now, cut));
  for (const { check, reason, since } of data.blind) {
    lines.push(row("BLIND", since, now, `${check} cannot look: ${reason}`, cut, ["magenta"]));
  }
  for (const { what, reason, since } of data.unknown) {
    lines.push(row("UNKNOWN", since, now, `${what}: ${reason}`, cut, ["magenta"]));
  }
  const changes = data.changes.toSorted((one, other) => other.at - one.at).slice(0, MOST_CHANGES);
  if (changes.length > 0) lines.push("", colour("bold", "Last changes"));
  for (const { kind, at, title } of changes) lines.push(row(kind, at, now, title, cut, []));
  if (data.firing.length === 0 && data.recent.length > 0) {
    lines.push("", colour("bold", "Ended of late"));
    for (const { check, title, endedAt } of data.recent.slice(0, MOST_CHANGES)) {
      lines.push(row("ended", endedAt ?? now, now, `${title} (${check})`, cut, []));
    }
  }
  if (lines.length <= frame.height) return lines;
  const shown = lines.slice(0, Math.max(1, frame.height - 1));
  return [...shown, colour("dim", cut(`… ${lines.length - shown.length} more lines; the console shows all`))];
}

function stateInWords({ state, firing, quiet, blind }: NowAnswer["data"]): string {
  const counts = (["error", "warning", "note"] as const)
    .map((severity) => [severity, firing.filter((each) => each.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => plural(count, severity));
  const parts = [...counts, ...(blind.length > 0 ? [`${blind.length} blind`] : []), `${quiet} quiet`];
  return `${STATES[state][0]} (${parts.join(", ")})`;
}

function numbersInWords({ numbers }: NowAnswer["data"]): string {
  const { requestsPerSecond: rate, errorShare: share, p99Ms, jobsReady, deadLetters } = numbers;
  const { isJobsReadyAtLeast, isDeadLettersAtLeast } = numbers;
  return [
    `${rate === null ? UNKNOWN : rate.toFixed(1)} requests/s`,
    `${share === null ? UNKNOWN : (share * 100).toFixed(share > 0 && share < 0.01 ? 2 : 1)} % fail`,
    `p99 ${p99Ms === null ? UNKNOWN : Math.round(p99Ms)} ms`,
    `${count(jobsReady, isJobsReadyAtLeast)} jobs ready`,
    `${count(deadLetters, isDeadLettersAtLeast)} dead ${deadLetters === 1 ? "letter" : "letters"}`,
  ].join("   ");
}

function count(value: number | null, isAtLeast: boolean): string {
  return value === null ? UNKNOWN : `${number(value)}${isAtLeast ? "+" : ""}`;
}

/** The last hour, a bar for each minute; the latest as far as they fit. */
function trafficLine(values: readonly (number | null)[], width: number): string[] {
  const label = "requests ";
  const shown = values.slice(-Math.max(0, width - label.length));
  const most = Math.max(...shown.map((value) => value ?? 0));
  if (!(most > 0)) return [];
  const bars = shown.map((value) =>
    value === null ? " " : BARS[Math.min(BARS.length - 1, Math.floor((value / most) * BARS.length))],
  );
  return [`${label}${colour("cyan", bars.join(""))}`];
}

function firingLines(firing: FiringAnswer, now: number, cut: (text: string) => string): string[] {
  const { severity, title, module, check, since, evidence, suspect, actions } = firing;
  const [action] = actions;
  return [
    row(
      WORDS[severity],
      since,
      now,
      `${title} (${check}${module === null ? "" : `, ${module}`})`,
      cut,
      STYLES[severity],
    ),
    ...evidence.slice(0, 3).map((line) => cut(INDENT + line)),
    ...(suspect === null
      ? []
      : [colour("bold", cut(`${INDENT}${age(since - suspect.at)} before it: ${suspect.title}`))]),
    ...(action === undefined
      ? []
      : [cut(`${INDENT}→ ${action.does}${action.command === null ? "" : `: ${action.command}`}`)]),
  ];
}

type Style = Parameters<typeof colour>[0];

/** `WARNING   4m  what`: the word is there without colours too. */
function row(
  word: string,
  since: number,
  now: number,
  text: string,
  cut: (text: string) => string,
  style: readonly string[],
): string {
  const line = cut(`${word.padEnd(9)} ${age(now - since).padStart(3)}  ${text}`);
  return colour(style as Style, line.slice(0, 9)) + line.slice(9);
}

function cutTo(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

function clock(at: number): string {
  return new Date(at).toLocaleTimeString("en-GB");
}
