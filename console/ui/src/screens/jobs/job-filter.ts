import { FILTER_LISTS, FILTER_TEXTS, type JobFilterView } from "../../../../api/jobs.ts";
import type { UrlFilters } from "../../elements/index.ts";

const NAMES: readonly string[] = [...FILTER_LISTS, ...FILTER_TEXTS];

/** `path` of the API with the filter of the address, and with its place in the list when `after` is wanted. */
export function apiPath(path: string, filters: UrlFilters, withPlace = false): string {
  const query = new URLSearchParams();
  for (const [name, value] of filters) if (NAMES.includes(name) && value !== "") query.append(name, value);
  const place = filters.get("before");
  if (withPlace && place !== null) query.set("after", place);
  return query.size === 0 ? path : `${path}?${query}`;
}

/** The filter of the address as an action takes it. */
export function filterInput(filters: UrlFilters): JobFilterView {
  const input: Record<string, readonly string[] | string> = {};
  for (const name of FILTER_LISTS) {
    const values = (filters.get(name) ?? "").split(",").flatMap((each) => each.trim() || []);
    if (values.length > 0) input[name] = values;
  }
  for (const name of FILTER_TEXTS) {
    const value = filters.get(name)?.trim() ?? "";
    if (value !== "") input[name] = value;
  }
  return input;
}

/** Whether any job at all is meant, or any of some state and age: too many to end with one action. */
export function isVague({ state, olderThan, youngerThan, ...others }: JobFilterView): boolean {
  return Object.keys(others).length === 0;
}

/** `/jobs?module=billing&state=dead`. */
export function jobsHref(filter: Readonly<Record<string, string>>): string {
  return `/jobs?${new URLSearchParams(filter)}`;
}

export function jobHref(id: string): string {
  return `/jobs/${encodeURIComponent(id)}`;
}
