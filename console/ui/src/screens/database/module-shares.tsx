import { Link } from "wouter";
import type { ModuleShare } from "../../../../api/database.ts";
import { Bytes, Count, Duration, Empty, Module, useFilters, useModuleHue } from "../../elements/index.ts";
import { ShareBar } from "./share-bar.tsx";

/** What each module takes of the database's time. */
export function ModuleShares({
  modules,
  chosen,
}: {
  readonly modules: readonly ModuleShare[];
  readonly chosen: string | null;
}) {
  const filters = useFilters();
  const hueOf = useModuleHue();
  if (modules.length === 0) {
    return (
      <Empty title="Nothing was noted in this time" hint="What statements cost is read once a minute." />
    );
  }
  return (
    <ul className="module-shares" aria-label="Shares of the modules">
      {modules.map(({ module, share, ms, calls, blocksRead, walBytes }) => (
        <li key={module ?? ""} data-selected={module !== null && module === chosen ? "" : undefined}>
          <div className="module-share-head">
            {module === null ? <span>no module</span> : <Module name={module} />}
            <ShareBar of={share} hue={module === null ? null : hueOf(module)} />
          </div>
          <p className="aside-text">
            <Duration ms={ms} /> in <Count of={calls} /> calls, <Count of={blocksRead} /> blocks read,{" "}
            <Bytes of={walBytes} /> of WAL
            {module !== null && module !== chosen && (
              <>
                {" · "}
                <Link href={`/database?${filters.with({ tab: "statements", module, statement: null })}`}>
                  Only {module}
                </Link>
              </>
            )}
          </p>
        </li>
      ))}
    </ul>
  );
}
