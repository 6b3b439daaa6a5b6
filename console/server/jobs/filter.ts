import { Refusal } from "ashlar/http";
import { JOB_STATES, type JobFilter, type JobState } from "ashlar/jobs";
import { FILTER_LISTS, FILTER_TEXTS } from "../../api/jobs.ts";
import { readDuration } from "./duration.ts";

type Fault = { readonly path: string; readonly message: string };
type Given = Readonly<Record<string, readonly string[] | string>>;

const MOST_VALUES = 1_000;
const LONGEST = 500;

/** The filter of a URL: lists have commas, and what is empty is not asked for. */
export function filterOfQuery(query: URLSearchParams): JobFilter {
  const given: Record<string, readonly string[] | string> = {};
  for (const name of FILTER_LISTS) {
    const values = query
      .getAll(name)
      .flatMap((each) => each.split(","))
      .map((each) => each.trim())
      .filter((each) => each !== "");
    if (values.length > 0) given[name] = values;
  }
  for (const name of FILTER_TEXTS) {
    const text = query.get(name)?.trim() ?? "";
    if (text !== "") given[name] = text;
  }
  return readFilter(given, "/query");
}

/** The filter in the body of an action. */
export function filterOfBody(value: unknown): JobFilter {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal("REQUEST_INVALID", {
      errors: [
        { path: "/body/filter", message: 'is an object such as { module: ["billing"], state: ["dead"] }' },
      ],
    });
  }
  const faults: Fault[] = [];
  const lists: readonly string[] = FILTER_LISTS;
  const texts: readonly string[] = FILTER_TEXTS;
  for (const [name, given] of Object.entries(value)) {
    const path = `/body/filter/${name}`;
    if (lists.includes(name)) {
      const isList =
        Array.isArray(given) && given.length > 0 && given.every((each) => typeof each === "string");
      if (!isList) faults.push({ path, message: "is a list of texts, with one at least" });
    } else if (texts.includes(name)) {
      if (typeof given !== "string" || given === "") faults.push({ path, message: "is a text" });
    } else {
      faults.push({ path, message: `is no filter; there are ${[...lists, ...texts].join(", ")}` });
    }
  }
  if (faults.length > 0) throw new Refusal("REQUEST_INVALID", { errors: faults });
  return readFilter(value as Given, "/body/filter");
}

/**
 * Whether the filter says nothing about which jobs but their state and age. Retrying all that is dead is harmless;
 * ending all that waits is not.
 */
export function isVague({ modules, queues, kinds, error, tag, tenant, ids }: JobFilter): boolean {
  return [modules, queues, kinds, error, tag, tenant, ids].every((each) => each === undefined);
}

function readFilter(given: Given, at: string): JobFilter {
  const faults: Fault[] = [];
  const list = (name: string) => given[name] as readonly string[] | undefined;
  const text = (name: string) => given[name] as string | undefined;
  for (const [name, value] of Object.entries(given)) {
    const values = typeof value === "string" ? [value] : value;
    if (values.length > MOST_VALUES)
      faults.push({ path: `${at}/${name}`, message: `has at most ${MOST_VALUES} values` });
    if (values.some((each) => each.length > LONGEST || each.includes("\0"))) {
      faults.push({ path: `${at}/${name}`, message: `is at most ${LONGEST} characters long` });
    }
  }
  const duration = (name: string) => {
    const value = text(name);
    if (value === undefined) return undefined;
    const milliseconds = readDuration(value);
    if (milliseconds === null) {
      faults.push({ path: `${at}/${name}`, message: "is a length of time such as 90s, 3m, 2h or 7d" });
    }
    return milliseconds ?? undefined;
  };
  for (const state of list("state") ?? []) {
    if (!(JOB_STATES as readonly string[]).includes(state)) {
      faults.push({
        path: `${at}/state`,
        message: `holds ${JSON.stringify(state)}; there are ${JOB_STATES.join(", ")}`,
      });
    }
  }
  const filter = {
    modules: list("module"),
    queues: list("queue"),
    kinds: list("kind"),
    states: list("state") as readonly JobState[] | undefined,
    error: text("error"),
    tag: text("tag"),
    tenant: text("tenant"),
    olderThanMs: duration("olderThan"),
    youngerThanMs: duration("youngerThan"),
    ids: list("id"),
  };
  if (faults.length > 0) throw new Refusal("REQUEST_INVALID", { errors: faults });
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
