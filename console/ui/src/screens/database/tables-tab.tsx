import type { DatabaseTables, TableSort, TableView } from "../../../../api/database.ts";
import { useSession, useShown } from "../../api/index.ts";
import {
  Ago,
  Bytes,
  ChoiceFilter,
  type Column,
  Count,
  Empty,
  Filters,
  Module,
  Panel,
  Severity,
  Table,
  useFilters,
  Whole,
} from "../../elements/index.ts";

const SORTS: readonly { readonly value: TableSort; readonly label: string }[] = [
  { value: "size", label: "Largest first" },
  { value: "rows", label: "Most rows first" },
  { value: "dead", label: "Most dead rows first" },
  { value: "scans", label: "Most read whole first" },
  { value: "age", label: "Longest without freezing first" },
  { value: "name", label: "By name" },
];

/** What takes the room, and whether vacuum keeps up. */
export function TablesTab() {
  const filters = useFilters();
  const modules = useSession()?.modules ?? [];
  const shown = useShown<DatabaseTables>(filters.on("/database/tables", ["module", "sort"]));
  return (
    <>
      <Filters label="Filter of the tables">
        <ChoiceFilter name="sort" label="Order" choices={SORTS} all={null} />
        <ChoiceFilter name="module" label="Module" choices={[...modules, FRAMEWORK]} />
      </Filters>
      <Whole of={shown}>{(data) => <Tables data={data} />}</Whole>
    </>
  );
}

/** The schema of what belongs to no module. */
const FRAMEWORK = "ashlar";

function Tables({ data }: { readonly data: DatabaseTables }) {
  const columns: readonly Column<TableView>[] = [
    { name: "table", label: "Table", isWide: true, cell: (table) => <Name table={table} /> },
    {
      name: "module",
      label: "Module",
      cell: ({ module }) =>
        module === FRAMEWORK ? <span className="aside-text">framework</span> : <Module name={module} />,
    },
    { name: "size", label: "Size", align: "end", cell: (table) => <Size table={table} /> },
    { name: "live", label: "Rows, about", align: "end", cell: ({ live }) => <Count of={live} /> },
    { name: "dead", label: "Dead rows", align: "end", cell: (table) => <Dead table={table} /> },
    { name: "vacuum", label: "Vacuumed", cell: ({ vacuumedAt }) => <Ago at={vacuumedAt} /> },
    { name: "analyze", label: "Analyzed", cell: ({ analyzedAt }) => <Ago at={analyzedAt} /> },
    {
      name: "scans",
      label: "Read whole",
      align: "end",
      cell: ({ wholeScans, indexScans }) => (
        <span className="table-scans">
          <Count of={wholeScans} />
          <span className="aside-text">
            by index <Count of={indexScans} />
          </span>
        </span>
      ),
    },
    {
      name: "age",
      label: "Freeze age",
      align: "end",
      cell: ({ age }) => <Age age={age} most={data.freezeAge} />,
    },
  ];
  return (
    <Panel
      title="Tables"
      aside={
        <span>
          the database takes <Bytes of={data.databaseBytes} />
        </span>
      }
    >
      <Table
        caption="Tables with their size and what vacuum did to them"
        columns={columns}
        rows={data.tables}
        rowKey={({ module, name }) => `${module}.${name}`}
        empty={<Empty title="There are no tables" />}
      />
      {data.areMore && <p className="aside-text">There are more; these are the first in this order.</p>}
    </Panel>
  );
}

function Size({ table: { totalBytes, indexBytes, toastBytes } }: { readonly table: TableView }) {
  return (
    <span className="table-scans">
      <Bytes of={totalBytes} />
      <span className="aside-text">
        indexes <Bytes of={indexBytes} />
      </span>
      {toastBytes > TOAST_BYTES && (
        <span className="aside-text">
          TOAST <Bytes of={toastBytes} />
        </span>
      )}
    </span>
  );
}

/** An empty one has a page, and that is no news. */
const TOAST_BYTES = 65_536;

function Name({ table: { name, partitions } }: { readonly table: TableView }) {
  return (
    <>
      <code>{name}</code>
      {partitions > 0 && <span className="aside-text table-parts">{partitions} partitions</span>}
    </>
  );
}

function Dead({ table: { dead, live, isBloated } }: { readonly table: TableView }) {
  const share = dead + live === 0 ? 0 : dead / (dead + live);
  return (
    <span className="table-dead">
      <Count of={dead} />
      {isBloated && <Severity of="warning" word={`${Math.round(share * 100)} %, vacuum does not come`} />}
    </span>
  );
}

/** From half of what forces autovacuum on, it is worth a look; near it, worth acting. */
function Age({ age, most }: { readonly age: number; readonly most: number }) {
  const share = age / most;
  if (share < 0.9) return <Count of={age} />;
  return (
    <span className="table-dead">
      <Count of={age} />
      <Severity
        of={share >= 1.5 ? "error" : "note"}
        word={share >= 1 ? "to be frozen now" : "to be frozen soon"}
      />
    </span>
  );
}
