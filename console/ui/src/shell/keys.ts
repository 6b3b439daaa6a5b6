import { useEffect } from "react";
import { useLocation } from "wouter";
import { noteArrival } from "../elements/arrival.ts";
import { DESTINATIONS } from "../pages.ts";

/** How long `g` waits for the key after it. */
const SEQUENCE_MS = 1_500;

/** What the keys do, as the help tells it. */
export const KEYS: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ["Ctrl", "K"], does: "Go to anything" },
  { keys: ["/"], does: "Filter the list" },
  { keys: ["j"], does: "Next row" },
  { keys: ["k"], does: "Row before" },
  { keys: ["Enter"], does: "Open the row" },
  { keys: ["Esc"], does: "Close" },
  { keys: ["?"], does: "This help" },
];

export interface Shortcuts {
  openPalette(): void;
  openHelp(): void;
}

/** Listens for the keys of the whole console. None is taken while somebody types or a dialog is open. */
export function useKeys({ openPalette, openHelp }: Shortcuts): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    let wentAt = Number.NEGATIVE_INFINITY;
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        if (document.querySelector("dialog[open]") === null) openPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || isTyping(event.target)) return;
      if (document.querySelector("dialog[open]") !== null) return;
      const isAfterG = event.timeStamp - wentAt < SEQUENCE_MS;
      wentAt = Number.NEGATIVE_INFINITY;
      if (isAfterG) {
        const destination = DESTINATIONS.find((each) => each.key === event.key);
        if (destination === undefined) return;
        event.preventDefault();
        noteArrival();
        navigate(destination.href);
      } else if (event.key === "g") wentAt = event.timeStamp;
      else if (event.key === "?") openHelp();
      else if (event.key === "/") focusFilter(event);
      else if (event.key === "j") stepRow(event, 1);
      else if (event.key === "k") stepRow(event, -1);
      else if (event.key === "Enter") openRow(event);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [navigate, openPalette, openHelp]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

function focusFilter(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLElement>("[data-filters] :is(input, select)");
  if (field === null) return;
  event.preventDefault();
  field.focus();
}

/** To the next row of the table that has the focus, else of the first table of the page. */
function stepRow(event: KeyboardEvent, step: 1 | -1): void {
  const active = document.activeElement;
  const table = active?.closest("table") ?? document.querySelector("main table");
  const rows = [...(table?.querySelectorAll<HTMLElement>("tr[data-row]") ?? [])];
  if (rows.length === 0) return;
  event.preventDefault();
  const current = rows.findIndex((row) => row.contains(active));
  const next = current < 0 ? 0 : Math.min(Math.max(current + step, 0), rows.length - 1);
  const row = rows[next];
  // Its link where it has one: that is what the reader may then open in another tab as well.
  const target = row?.querySelector<HTMLElement>(".row-link") ?? row;
  target?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}

function openRow(event: KeyboardEvent): void {
  if (!(event.target instanceof HTMLElement) || !event.target.matches("tr[data-row]")) return;
  event.target.querySelector<HTMLElement>("a, button")?.click();
}
