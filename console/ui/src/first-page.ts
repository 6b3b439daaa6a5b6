import type { QueryClient } from "@tanstack/react-query";
import { loadFirstSession } from "./api/session.ts";
import { askShown } from "./api/shown.ts";
import { PAGES } from "./pages.ts";

/**
 * Asks at once for all that the page needs which the reader comes in by: who is signed in, the screen, and what it
 * shows. Otherwise each would wait for the one before. What of it fails is asked again, and told, by whoever needs it.
 * Resolves when the screen can be shown.
 */
export async function askForFirstPage(client: QueryClient): Promise<void> {
  const path = location.pathname.replace(/^\/console/, "") || "/";
  const page = PAGES.find((each) => new RegExp(`^${each.path.replace(/:\w+/g, "[^/]+")}$`).test(path));
  if (page === undefined) return;
  const session = loadFirstSession();
  // The bar at the top of every page shows how things are.
  for (const shown of new Set(["/now", page.shows]))
    if (shown !== null) void client.prefetchQuery(askShown(shown));
  await Promise.allSettled([page.load(), session]);
}
