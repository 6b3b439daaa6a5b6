import type { ModuleOperation, ModuleRoute } from "../../../../api/module.ts";
import { Panel, Table } from "../../elements/index.ts";
import type { ModuleTab } from "./module-tab.ts";
import { workColumns } from "./work-columns.tsx";

/** What others may ask of the module, from outside and from inside, and what came of it. */
export function ContractTab({ module }: ModuleTab) {
  const tracesOf = (name: string) =>
    `/traces?module=${encodeURIComponent(module.name)}&name=${encodeURIComponent(name)}`;
  return (
    <>
      <Panel title="Routes">
        <Table<ModuleRoute>
          caption="Routes"
          rows={module.routes}
          rowKey={({ method, path }) => `${method} ${path}`}
          rowHref={({ method, path }) => tracesOf(`${method} ${path}`)}
          empty="The module has no routes."
          columns={[
            {
              name: "route",
              label: "Route",
              cell: ({ method, path }) => (
                <code>
                  {method} {path}
                </code>
              ),
            },
            {
              name: "about",
              label: "For",
              isWide: true,
              cell: ({ summary, auth }) => (
                <span>
                  {summary} <span className="quiet-text">({auth})</span>
                </span>
              ),
            },
            ...workColumns<ModuleRoute>(),
          ]}
        />
      </Panel>
      <Panel title="Operations">
        <Table<ModuleOperation>
          caption="Operations"
          rows={module.operations}
          rowKey={({ id }) => id}
          rowHref={({ id }) => tracesOf(id)}
          empty="The contract has no operations."
          columns={[
            { name: "name", label: "Operation", isWide: true, cell: ({ name }) => <code>{name}</code> },
            {
              name: "kind",
              label: "Kind",
              cell: ({ kind, transaction }) => (
                <span className="figure">{transaction === "joins" ? `${kind}, joins` : kind}</span>
              ),
            },
            ...workColumns<ModuleOperation>(),
          ]}
        />
      </Panel>
      <Panel title="Declared errors">
        <Table
          caption="Errors that operations declare"
          rows={module.operations.flatMap(({ name, errors }) =>
            errors.map((error) => ({ ...error, operation: name })),
          )}
          rowKey={({ operation, code }) => `${operation} ${code}`}
          empty="No operation declares an error."
          columns={[
            { name: "code", label: "Code", cell: ({ code }) => <code>{code}</code> },
            { name: "kind", label: "Kind", cell: ({ kind }) => kind.replace("_", " ") },
            { name: "operation", label: "Operation", cell: ({ operation }) => <code>{operation}</code> },
            { name: "means", label: "Means", isWide: true, cell: ({ description }) => description },
          ]}
        />
      </Panel>
    </>
  );
}
