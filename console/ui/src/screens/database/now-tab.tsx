import type { DatabaseNow } from "../../../../api/database.ts";
import { useSession, useShown } from "../../api/index.ts";
import {
  Ago,
  Bytes,
  ChoiceFilter,
  Empty,
  Filters,
  Panel,
  Severity,
  useFilters,
  Whole,
} from "../../elements/index.ts";
import { BlockingTrees } from "./blocking-trees.tsx";
import { ConnectionBar } from "./connection-bar.tsx";
import { Facts } from "./facts.tsx";
import { useLinked } from "./linked.ts";
import { SessionTable } from "./session-table.tsx";

/** Who waits for whom, what each session does, and how many connections are left. */
export function NowTab() {
  const shown = useShown<DatabaseNow>("/database");
  return <Whole of={shown}>{(data) => <Busy data={data} refetch={shown.refetch} />}</Whole>;
}

function Busy({ data, refetch }: { readonly data: DatabaseNow; readonly refetch: () => void }) {
  const filters = useFilters();
  const modules = useSession()?.modules ?? [];
  const linked = filters.get("session");
  const module = filters.get("module");
  const around = useLinked(linked, data.sessions.length > 0);
  const sessions = data.sessions.filter((session) => module === null || session.modules.includes(module));
  const isLinkedThere = sessions.some(({ pid }) => String(pid) === linked);
  return (
    <div ref={around} className="database-now">
      <ServerFacts data={data} />
      {data.limits.map((limit) => (
        <p key={limit} className="database-limit">
          <Severity of="blind" word="Not seen" /> {limit}
        </p>
      ))}
      <Panel title="Waiting for locks">
        {data.blocking.length === 0 ? (
          <Empty
            title="Nobody waits for a lock"
            hint="Sessions that wait stand here below the one they wait for."
          />
        ) : (
          <BlockingTrees trees={data.blocking} linked={linked} onDone={refetch} />
        )}
      </Panel>
      <Panel title="Connections" aside={<ConnectionCount data={data} />}>
        <ConnectionBar of={data.connections} />
      </Panel>
      <Panel title="Sessions at work">
        <Filters label="Filter of the sessions">
          <ChoiceFilter name="module" label="Module" choices={modules} />
        </Filters>
        {linked !== null && !isLinkedThere && (
          <p className="database-limit">
            <Severity of="note" word="Gone" /> Session {linked} has ended, or does nothing at the moment
          </p>
        )}
        <SessionTable sessions={sessions} linked={linked} onDone={refetch} />
        {data.areMore && (
          <p className="aside-text">There are more; these have been in their transactions for longest.</p>
        )}
      </Panel>
    </div>
  );
}

function ConnectionCount({ data: { connections } }: { readonly data: DatabaseNow }) {
  const { used, max, reserved } = connections;
  const left = max - reserved - used;
  const severity = left <= 0 ? "error" : left < 0.1 * max ? "warning" : null;
  return (
    <>
      {severity !== null && <Severity of={severity} word={left <= 0 ? "None left" : "Few left"} />}
      <span className="figure">
        {used} of {max}
      </span>
    </>
  );
}

function ServerFacts({ data: { server } }: { readonly data: DatabaseNow }) {
  return (
    <Facts
      items={[
        ["PostgreSQL", `${server.version}${server.isReplica ? " (replica)" : ""}`],
        ["Started", <Ago key="started" at={server.startedAt} />],
        ["Shared buffers", <Bytes key="buffers" of={server.sharedBuffersBytes} />],
        ["Disk", server.disk === null ? "on another machine" : <Disk key="disk" {...server.disk} />],
      ]}
    />
  );
}

function Disk({ freeBytes, sizeBytes }: { readonly freeBytes: number; readonly sizeBytes: number }) {
  const isLow = freeBytes < 0.1 * sizeBytes;
  return (
    <>
      <Bytes of={freeBytes} /> of <Bytes of={sizeBytes} /> free
      {isLow && (
        <>
          {" "}
          <Severity of={freeBytes < 0.03 * sizeBytes ? "error" : "warning"} word="Nearly full" />
        </>
      )}
    </>
  );
}
