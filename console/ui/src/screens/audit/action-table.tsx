import type { ActionRecord, AuditPage } from "../../../../api/audit.ts";
import { useShown } from "../../api/index.ts";
import { Ago, Empty, Module, Pager, Panel, Table, type UrlFilters, Whole } from "../../elements/index.ts";
import { ActionState } from "./action-state.tsx";
import { DoneTo } from "./done-to.tsx";

const ASKED = ["actor", "action", "module", "before"];

/** The actions that the filters let through, the latest first, page by page. */
export function ActionTable({ filters }: { readonly filters: UrlFilters }) {
  const shown = useShown<AuditPage>(filters.on("/audit", ASKED));
  const open = filters.get("open");
  const isFiltered = ASKED.some((name) => filters.has(name));
  const at = (query: string) => (query === "" ? "/audit" : `/audit?${query}`);
  return (
    <Panel title="Actions">
      <Whole of={shown}>
        {({ actions }) => (
          <Table
            caption="Actions of operators"
            rows={actions}
            rowKey={(row) => row.id}
            rowHref={(row) => at(filters.with({ open: row.id, before: filters.get("before") }))}
            isSelected={(row) => row.id === open}
            empty={
              isFiltered ? (
                <Empty title="No action fits these filters" />
              ) : (
                <Empty
                  title="Nobody has done anything yet"
                  hint="What operators do in the console appears here, with who did it and why."
                />
              )
            }
            columns={[
              { name: "action", label: "Action", cell: (row) => row.action },
              { name: "at", label: "When", cell: (row) => <Ago at={row.at} /> },
              { name: "reason", label: "Reason", cell: (row) => row.reason, isWide: true },
              { name: "modules", label: "Module", cell: (row) => <Modules of={row} /> },
              { name: "actor", label: "Actor", cell: (row) => <Actor name={row.actor} /> },
              {
                name: "count",
                label: "Done to",
                align: "end",
                cell: (row) => <DoneTo record={row} />,
              },
              { name: "state", label: "Outcome", cell: (row) => <ActionState of={row.state} /> },
            ]}
          />
        )}
      </Whole>
      {shown.data !== undefined && (shown.data.next !== null || filters.has("before")) && (
        <div className="panel-foot">
          <Pager
            newest={filters.has("before") ? at(filters.with({ open: null })) : null}
            older={
              shown.data.next === null ? null : at(filters.with({ open: null, before: shown.data.next }))
            }
          />
        </div>
      )}
    </Panel>
  );
}

function Modules({ of }: { readonly of: ActionRecord }) {
  return (
    <span className="inline-list">
      {of.modules.map((name) => (
        <Module key={name} name={name} />
      ))}
    </span>
  );
}

/** An account's id is long; its beginning tells people apart, and the whole is there to read. */
function Actor({ name }: { readonly name: string }) {
  const [kind, id = ""] = name.split(":", 2);
  if (id.length <= 12) return <code>{name}</code>;
  return (
    <code title={name}>
      {kind}:{id.slice(0, 8)}…
    </code>
  );
}
