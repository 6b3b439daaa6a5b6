import { Link } from "wouter";
import { Icon } from "./icon.tsx";

/** On through a long list, from one key to the next. Null where there is nothing further. */
export function Pager({
  newest,
  older,
}: {
  /** Back to the beginning; null when this is it. */
  readonly newest: string | null;
  readonly older: string | null;
}) {
  if (newest === null && older === null) return null;
  return (
    <nav className="pager" aria-label="Further entries">
      {newest !== null && (
        <Link className="button" href={newest}>
          <Icon name="previous" />
          Newest
        </Link>
      )}
      {older !== null && (
        <Link className="button" href={older}>
          Older
          <Icon name="next" />
        </Link>
      )}
    </nav>
  );
}
