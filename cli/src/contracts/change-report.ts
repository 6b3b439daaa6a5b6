import { colour, plural } from "../table.ts";
import { bySeverity, type Severity } from "./change-rules.ts";

/** What a report shows of a change, of a contract or of an OpenAPI file. */
export interface ReportedChange {
  readonly id: string;
  readonly rule: number | null;
  readonly severity: Severity;
  readonly where: string;
  readonly part: string;
  readonly pointer: string;
  readonly text: string;
  readonly usedBy?: readonly string[];
  readonly override?: { readonly reason: string; readonly expires: string };
}

const STYLES = { error: "red", warning: "yellow", note: "cyan", ok: "dim" } as const;

/** How many operations are named that lead to what is shared. */
const NAMED = 3;

export interface Counts {
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
  readonly compatible: number;
}

export function countsOf(changes: readonly ReportedChange[]): Counts {
  const count = (severity: Severity) => changes.filter((change) => change.severity === severity).length;
  return {
    errors: count("error"),
    warnings: count("warning"),
    notes: count("note"),
    compatible: count("ok"),
  };
}

/** `2 errors, 1 warning, 5 notes`. */
export function countsText({ errors, warnings, notes, compatible }: Counts): string {
  const all = `${plural(errors, "error")}, ${plural(warnings, "warning")}, ${plural(notes, "note")}`;
  return compatible === 0 ? all : `${all}, ${plural(compatible, "compatible change")}`;
}

/** By place, those with the worst change first. Compatible changes only when `withAll`. */
export function changesText(changes: readonly ReportedChange[], withAll: boolean): string {
  const shown = changes.filter(({ severity }) => withAll || severity !== "ok");
  const places = Map.groupBy(shown, ({ where }) => where);
  const worst = (list: readonly ReportedChange[]) =>
    list.map(({ severity }) => severity).sort(bySeverity)[0]!;
  return [...places]
    .sort(([, one], [, other]) => bySeverity(worst(one), worst(other)))
    .map(([where, list]) => [placeText(where, list), ...list.map(changeText)].join("\n"))
    .join("\n\n");
}

function placeText(where: string, list: readonly ReportedChange[]): string {
  const users = [...new Set(list.flatMap(({ usedBy }) => usedBy ?? []))];
  const more = users.length > NAMED ? ` and ${users.length - NAMED} more` : "";
  const used = users.length === 0 ? "" : ` (in ${users.slice(0, NAMED).join(", ")}${more})`;
  return `${colour("bold", where)}${colour("dim", used)}`;
}

function changeText({ severity, id, part, pointer, text, override }: ReportedChange): string {
  const place = [part, pointer].filter((word) => word !== "").join(" ");
  const allowed =
    override === undefined ? "" : `\n           allowed until ${override.expires}: ${override.reason}`;
  const label = severity === "ok" ? "ok" : severity;
  return `  ${colour(STYLES[severity], label.padEnd(7))}  ${place === "" ? "" : `${place}: `}${text}  ${colour("dim", id)}${allowed}`;
}
