import { Refusal } from "ashlar/http";
import { TRACE_KINDS, type TraceKind } from "../../api/traces.ts";

/** Which kept traces are asked for. */
export interface TraceFilter {
  readonly module: string | null;
  readonly name: string | null;
  readonly kind: TraceKind | null;
  readonly failed: boolean;
  readonly error: string | null;
  readonly minMs: number | null;
  /** Milliseconds of the epoch, as `until`. */
  readonly from: number | null;
  readonly until: number | null;
  readonly traceId: string | null;
  /** The slowest first, rather than the newest. */
  readonly isSlowest: boolean;
  readonly after: Place | null;
}

/** Of the last trace of the page before: its microseconds of the epoch or its milliseconds of duration, and its id. */
export interface Place {
  readonly value: string;
  readonly id: string;
}

const MOST_TEXT = 500;
/** What an epoch in milliseconds can be that a timestamp of PostgreSQL can hold, and then some. */
const LATEST = 8_640_000_000_000_000;

/** Throws a Refusal that names every parameter that cannot be. */
export function traceFilter(query: URLSearchParams): TraceFilter {
  const errors: { path: string; message: string }[] = [];
  const refuse = (name: string, message: string) => {
    errors.push({ path: `/query/${name}`, message });
    return null;
  };
  const text = (name: string) => {
    const value = query.get(name) ?? "";
    if (value === "") return null;
    if (value.length > MOST_TEXT || value.includes("\0")) return refuse(name, "is no text of this kind");
    return value;
  };
  const number = (name: string, greatest: number) => {
    const value = query.get(name) ?? "";
    if (value === "") return null;
    if (!/^\d{1,16}(\.\d{1,6})?$/.test(value) || Number(value) > greatest) {
      return refuse(name, `must be a number from 0 to ${greatest}`);
    }
    return Number(value);
  };
  const flag = (name: string) => {
    const value = query.get(name) ?? "";
    if (value !== "" && value !== "0" && value !== "1") refuse(name, "must be 0 or 1");
    return value === "1";
  };
  const isSlowest = flag("slow");
  const kind = text("kind");
  const isKind = (value: string): value is TraceKind => TRACE_KINDS.includes(value as TraceKind);
  const traceId = text("trace");
  const after = text("after");
  const filter: TraceFilter = {
    module: text("module"),
    name: text("name"),
    kind: kind === null || isKind(kind) ? kind : refuse("kind", `must be one of ${TRACE_KINDS.join(", ")}`),
    failed: flag("failed"),
    error: text("error"),
    minMs: number("minMs", 1e9),
    from: number("from", LATEST),
    until: number("until", LATEST),
    traceId: traceId === null ? null : (traceIdOf(traceId) ?? refuse("trace", NO_TRACE_ID)),
    isSlowest,
    after: after === null ? null : (placeOf(after, isSlowest) ?? refuse("after", "is no place in this list")),
  };
  if (errors.length > 0) throw new Refusal("REQUEST_INVALID", { errors });
  return filter;
}

export const NO_TRACE_ID = "must be a trace id: 32 hexadecimal digits";

/** As it is stored; also from the form of a UUID, which jobs carry. Null for what is none. */
export function traceIdOf(text: string): string | null {
  const id = text.trim().toLowerCase().replaceAll("-", "");
  return /^[0-9a-f]{32}$/.test(id) ? id : null;
}

export function cursorOf({ value, id }: Place): string {
  return `${value}_${id}`;
}

function placeOf(cursor: string, isSlowest: boolean): Place | null {
  const value = isSlowest ? "\\d{1,12}(?:\\.\\d{1,9})?(?:e[+-]\\d{1,2})?" : "\\d{1,17}";
  const match = new RegExp(`^(${value})_(\\d{1,18})$`).exec(cursor);
  return match === null ? null : { value: match[1]!, id: match[2]! };
}
