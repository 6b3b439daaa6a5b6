import { Link } from "wouter";
import { useSession } from "../api/session.ts";

const HUES = 10;

/** Its place among the ten hues; the same on every page, as the app's modules have an order. */
export function useModuleHue(): (name: string) => number {
  const modules = useSession()?.modules ?? [];
  return (name) => {
    const index = modules.indexOf(name);
    return index < 0 ? HUES - 1 : index % HUES;
  };
}

/** The CSS colour of a module's hue, for charts and maps. */
export function moduleColour(hue: number): string {
  return `var(--module-${hue})`;
}

/** A module's name with its colour, leading to its page. `plain` where it stands inside another link. */
export function Module({ name, plain = false }: { readonly name: string; readonly plain?: boolean }) {
  const hue = useModuleHue()(name);
  const tag = (
    <>
      <span className="module-dot" data-hue={hue} aria-hidden="true" />
      {name}
    </>
  );
  if (plain) return <span className="module">{tag}</span>;
  return (
    <Link className="module" href={`/modules/${encodeURIComponent(name)}`}>
      {tag}
    </Link>
  );
}
