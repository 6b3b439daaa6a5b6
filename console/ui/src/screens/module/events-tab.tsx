import type { ModuleEvent, ModuleSubscriber } from "../../../../api/module.ts";
import { Module, Panel, Table } from "../../elements/index.ts";
import type { ModuleTab } from "./module-tab.ts";
import { workColumns } from "./work-columns.tsx";

/** What the module tells others, and what it is told. */
export function EventsTab({ module }: ModuleTab) {
  return (
    <>
      <Panel title="Published">
        <Table<ModuleEvent>
          caption="Events that the module publishes"
          rows={module.published}
          rowKey={({ id }) => id}
          empty="The module publishes no events."
          columns={[
            { name: "event", label: "Event", cell: ({ name }) => <code>{name}</code> },
            { name: "version", label: "Version", align: "end", cell: ({ version }) => version },
            {
              name: "subscribers",
              label: "Subscribers",
              isWide: true,
              cell: ({ subscribers }) =>
                subscribers.length === 0 ? (
                  <span className="quiet-text">nobody</span>
                ) : (
                  <ul className="module-names">
                    {subscribers.map((each) => (
                      <li key={`${each.module} ${each.name}`}>
                        <Module name={each.module} /> <code>{each.name}</code>
                      </li>
                    ))}
                  </ul>
                ),
            },
          ]}
        />
      </Panel>
      <Panel title="Subscribed">
        <Table<ModuleSubscriber>
          caption="Subscribers of the module"
          rows={module.subscribers}
          rowKey={({ name }) => name}
          rowHref={({ name }) =>
            `/jobs?module=${encodeURIComponent(module.name)}&kind=${encodeURIComponent(`on.${name}`)}`
          }
          empty="The module subscribes to no events."
          columns={[
            { name: "name", label: "Subscriber", cell: ({ name }) => <code>{name}</code> },
            { name: "event", label: "Event", isWide: true, cell: ({ event }) => <code>{event}</code> },
            {
              name: "order",
              label: "Order",
              cell: ({ inOrder }) => (inOrder ? <span className="figure">in order</span> : "any"),
            },
            ...workColumns<ModuleSubscriber>(),
          ]}
        />
      </Panel>
    </>
  );
}
