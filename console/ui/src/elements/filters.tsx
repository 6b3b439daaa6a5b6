import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { Icon } from "./icon.tsx";

/** The query of the address. What changes it leads to another page of the history, so Back takes it back. */
export class UrlFilters extends URLSearchParams {
  readonly #go: (query: string) => void;

  constructor(query: string, go: (query: string) => void) {
    super(query);
    this.#go = go;
  }

  /** Goes to the address with this value; an empty one is left out. */
  override set(name: string, value: string | null): void {
    this.change({ [name]: value });
  }

  /** As `set`, for several at once. Leaves `before`, the place in a list, unless it is among them. */
  change(values: Readonly<Record<string, string | null>>): void {
    this.#go(this.with(values));
  }

  /** The query with these values, without `?`. */
  with(values: Readonly<Record<string, string | null>>): string {
    const query = new URLSearchParams(this.toString());
    query.delete("before");
    for (const [name, value] of Object.entries(values)) {
      if (value === null || value === "") query.delete(name);
      else query.set(name, value);
    }
    return query.toString();
  }

  /** `path` with this query, or those of it that are named: for the API and for links. */
  on(path: string, names?: readonly string[]): string {
    const query = new URLSearchParams();
    for (const [name, value] of this)
      if (names === undefined || names.includes(name)) query.append(name, value);
    return query.size === 0 ? path : `${path}?${query}`;
  }
}

/** The filters as the address has them; `set` and `change` go to another address. */
export function useFilters(): UrlFilters {
  const search = useSearch();
  const [path, navigate] = useLocation();
  return new UrlFilters(search, (query) => navigate(query === "" ? path : `${path}?${query}`));
}

/** The row of filters above a list. `/` leads to the first. */
export function Filters({
  children,
  label = "Filters",
}: {
  readonly children: ReactNode;
  readonly label?: string;
}) {
  return (
    <search className="filters" aria-label={label} data-filters="">
      {children}
    </search>
  );
}

const TYPING_MS = 300;

/** Text in the address under `name`, some moments after the last key or at once with Enter. */
export function TextFilter({
  name,
  label,
  placeholder,
}: {
  readonly name: string;
  readonly label: string;
  readonly placeholder?: string;
}) {
  const filters = useFilters();
  const inUrl = filters.get(name) ?? "";
  const [text, setText] = useState(inUrl);
  const [seen, setSeen] = useState(inUrl);
  const typing = useRef<ReturnType<typeof setTimeout>>(undefined);
  const id = useId();
  // The address changed by a link or by Back: the field follows.
  if (seen !== inUrl) {
    setSeen(inUrl);
    setText(inUrl);
  }
  useEffect(() => () => clearTimeout(typing.current), []);

  const apply = (value: string) => {
    clearTimeout(typing.current);
    if (value.trim() !== inUrl) filters.set(name, value.trim());
  };
  const type = (value: string) => {
    setText(value);
    clearTimeout(typing.current);
    typing.current = setTimeout(() => apply(value), TYPING_MS);
  };
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <span className="field-box">
        <Icon name="search" />
        <input
          id={id}
          type="search"
          value={text}
          placeholder={placeholder}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => type(event.target.value)}
          onKeyDown={(event) => event.key === "Enter" && apply(text)}
        />
      </span>
    </div>
  );
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** One of several in the address under `name`; nothing chosen is `all`. */
export function ChoiceFilter({
  name,
  label,
  choices,
  all = "All",
}: {
  readonly name: string;
  readonly label: string;
  readonly choices: readonly (Choice | string)[];
  /** What stands for no choice; null where one must be made, then the first choice holds. */
  readonly all?: string | null;
}) {
  const filters = useFilters();
  const id = useId();
  const given = choices.map((choice) =>
    typeof choice === "string" ? { value: choice, label: choice } : choice,
  );
  const value = filters.get(name) ?? (all === null ? (given[0]?.value ?? "") : "");
  const isKnown = value === "" || given.some((choice) => choice.value === value);
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <span className="field-box">
        <select id={id} value={value} onChange={(event) => filters.set(name, event.target.value)}>
          {all !== null && <option value="">{all}</option>}
          {!isKnown && <option value={value}>{value}</option>}
          {given.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      </span>
    </div>
  );
}
