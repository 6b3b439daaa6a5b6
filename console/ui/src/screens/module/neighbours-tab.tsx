import type { ModuleNeighbour } from "../../../../api/module.ts";
import { Module, Panel, Table } from "../../elements/index.ts";
import type { ModuleTab } from "./module-tab.ts";
import { workColumns } from "./work-columns.tsx";

/** Whom the module calls, who calls it, and whose views are read. */
export function NeighboursTab({ module }: ModuleTab) {
  return (
    <>
      <Panel title="Uses">
        <Neighbours of={module.uses} caption="Modules that it calls" empty="It calls no other module." />
      </Panel>
      <Panel title="Used by">
        <Neighbours of={module.usedBy} caption="Modules that call it" empty="No other module calls it." />
      </Panel>
      <Panel title="Views">
        <div className="module-views">
          <ViewList title="Publishes" of={module.views} />
          <ViewList title="Reads" of={module.reads} />
        </div>
      </Panel>
    </>
  );
}

function Neighbours({
  of,
  caption,
  empty,
}: {
  readonly of: readonly ModuleNeighbour[];
  readonly caption: string;
  readonly empty: string;
}) {
  return (
    <Table<ModuleNeighbour>
      caption={caption}
      rows={of}
      rowKey={({ module }) => module}
      rowHref={({ module }) => `/modules/${encodeURIComponent(module)}`}
      empty={empty}
      columns={[
        {
          name: "module",
          label: "Module",
          isWide: true,
          cell: ({ module }) => <Module name={module} plain />,
        },
        ...workColumns<ModuleNeighbour>(),
      ]}
    />
  );
}

function ViewList({ title, of }: { readonly title: string; readonly of: readonly string[] }) {
  return (
    <div>
      <h3>{title}</h3>
      {of.length === 0 ? (
        <p className="quiet-text">none</p>
      ) : (
        <ul className="module-names">
          {of.map((id) => (
            <li key={id}>
              <code>{id}</code>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
