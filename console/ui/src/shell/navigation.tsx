import { Link, useLocation } from "wouter";
import { noteArrival } from "../elements/arrival.ts";
import { Icon } from "../elements/icon.tsx";
import { DESTINATIONS, type Destination } from "../pages.ts";

/** Those that stay in sight in a narrow window; the drawer has all. */
const BAR_HREFS = ["/", "/traces", "/jobs", "/database"];

/** At the left where there is room, with the keys that lead to each page. */
export function Rail() {
  return (
    <nav className="rail" aria-label="Pages">
      <Entries of={DESTINATIONS} />
      <p className="rail-hint">
        <kbd>?</kbd> all keys
      </p>
    </nav>
  );
}

/** At the bottom of a narrow window. */
export function BottomBar({ onMore, isOpen }: { readonly onMore: () => void; readonly isOpen: boolean }) {
  return (
    <nav className="bottom-bar" aria-label="Pages">
      <Entries of={DESTINATIONS.filter((each) => BAR_HREFS.includes(each.href))} />
      <button type="button" aria-haspopup="dialog" aria-expanded={isOpen} onClick={onMore}>
        <Icon name="menu" />
        <span>More</span>
      </button>
    </nav>
  );
}

/** All pages, in the drawer. */
export function Entries({
  of,
  onFollow,
}: {
  readonly of: readonly Destination[];
  readonly onFollow?: () => void;
}) {
  const [location] = useLocation();
  return (
    <ul>
      {of.map((each) => (
        <li key={each.href}>
          <Link
            href={each.href}
            aria-current={isAt(location, each.href) ? "page" : undefined}
            onClick={() => {
              noteArrival();
              onFollow?.();
            }}
          >
            <Icon name={each.icon} />
            <span>{each.label}</span>
            <kbd>g {each.key}</kbd>
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** A module is a part of the map. */
function isAt(location: string, href: string): boolean {
  if (href === "/map" && location.startsWith("/modules")) return true;
  return location === href || (href !== "/" && location.startsWith(`${href}/`));
}
