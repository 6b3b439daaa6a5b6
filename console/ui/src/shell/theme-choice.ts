import { createStore } from "../api/store.ts";

export const THEMES = ["system", "light", "dark"] as const;

export type Theme = (typeof THEMES)[number];

const KEY = "ashlar-console-theme";

/** As chosen in this browser; `system` follows the reader's system. */
export const theme = createStore<Theme>(remembered());

/** Before the first paint, so that the page does not flash. */
export function applyTheme(): void {
  const chosen = theme.get();
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

theme.watch(() => {
  applyTheme();
  try {
    localStorage.setItem(KEY, theme.get());
  } catch {
    // A browser that keeps nothing: the choice holds for this page.
  }
});

function remembered(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return THEMES.find((each) => each === kept) ?? "system";
  } catch {
    return "system";
  }
}
