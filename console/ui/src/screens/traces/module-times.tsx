import type { ModuleTime } from "../../../../api/traces.ts";
import {
  type Column,
  Count,
  Duration,
  Empty,
  Module,
  Share,
  Table,
  useModuleHue,
} from "../../elements/index.ts";

/** Where the time of a trace went, as one bar and as figures. */
export function ModuleTimes({ modules }: { readonly modules: readonly ModuleTime[] }) {
  const hueOf = useModuleHue();
  const total = modules.reduce((sum, { ownMs }) => sum + ownMs, 0);
  const share = (ms: number) => (total > 0 ? ms / total : 0);
  const columns: Column<ModuleTime>[] = [
    { name: "module", label: "Module", isWide: true, cell: ({ module }) => <ModuleOrNone name={module} /> },
    { name: "share", label: "Share", align: "end", cell: ({ ownMs }) => <Share of={share(ownMs)} /> },
    { name: "own", label: "Time", align: "end", cell: ({ ownMs }) => <Duration ms={ownMs} /> },
    {
      name: "database",
      label: "In statements",
      align: "end",
      cell: ({ statementMs }) => <Duration ms={statementMs} />,
    },
    {
      name: "statements",
      label: "Statements",
      align: "end",
      cell: ({ statements }) => <Count of={statements} />,
    },
    {
      name: "failed",
      label: "Failed",
      align: "end",
      cell: ({ failed }) => (failed === 0 ? <span className="nothing">0</span> : <Count of={failed} />),
    },
  ];
  return (
    <div className="module-times">
      <div className="module-times-bar" aria-hidden="true">
        {modules.map(({ module, ownMs }) => (
          <span
            key={module ?? ""}
            data-hue={module === null ? undefined : hueOf(module)}
            style={{ flexGrow: share(ownMs) }}
          />
        ))}
      </div>
      <Table
        caption="Time by module"
        columns={columns}
        rows={modules}
        rowKey={({ module }) => module ?? ""}
        empty={<Empty title="No span was kept" />}
      />
    </div>
  );
}

export function ModuleOrNone({ name }: { readonly name: string | null }) {
  return name === null ? <span className="nothing">no module</span> : <Module name={name} />;
}
