import { useParams } from "wouter";
import type { TraceView } from "../../../../api/traces.ts";
import { useShown } from "../../api/index.ts";
import { CopyButton, Duration, Empty, Page, Panel, Time, Whole } from "../../elements/index.ts";
import { LogLevels } from "./log-levels.tsx";
import { ModuleTimes } from "./module-times.tsx";
import { Outcome } from "./outcome.tsx";
import { SpanPanel } from "./span-panel.tsx";
import { TraceFindings } from "./trace-findings.tsx";
import { TraceLogs } from "./trace-logs.tsx";
import { TraceParts } from "./trace-parts.tsx";
import "./traces.css";

/** One trace: where its time went and what went wrong in it. */
export default function TraceScreen() {
  const { traceId = "" } = useParams<{ traceId: string }>();
  const shown = useShown<TraceView>(`/traces/${encodeURIComponent(traceId)}`);
  if (shown.error?.status === 404 && shown.data === undefined) {
    return (
      <Page title="Trace">
        <Empty
          title="No part of this trace was kept"
          hint="Traces that failed and the slowest of each minute are kept, of the others a few; all are forgotten after some days."
        />
      </Page>
    );
  }
  const first = shown.data?.parts[0];
  return (
    <Page
      title={first?.name ?? "Trace"}
      lede={
        shown.data !== undefined && (
          <span className="trace-lede">
            <Outcome
              failed={shown.data.parts.some(({ failed }) => failed)}
              error={first?.error ?? shown.data.parts.find(({ failed }) => failed)?.error ?? null}
            />
            <span>
              <Duration ms={shown.data.durationMs} /> from <Time at={shown.data.startedAt} />
            </span>
            <span className="trace-id">
              <code>{shown.data.traceId}</code>
              <CopyButton text={shown.data.traceId} />
            </span>
          </span>
        )
      }
    >
      <Whole of={shown}>{(trace) => <Trace trace={trace} />}</Whole>
    </Page>
  );
}

function Trace({ trace }: { readonly trace: TraceView }) {
  return (
    <>
      <TraceFindings trace={trace} />
      <Panel title="Where the time went">
        <ModuleTimes modules={trace.modules} />
      </Panel>
      {(trace.parts.length > 1 || trace.parts[0]?.job != null) && (
        <Panel title={trace.parts.length > 1 ? `Its ${trace.parts.length} parts` : "Its job"}>
          <TraceParts trace={trace} />
        </Panel>
      )}
      <SpanPanel trace={trace} />
      <Panel title="Log" aside={<>of the instance {trace.logs.instance}</>}>
        <TraceLogs logs={trace.logs} />
        <LogLevels modules={trace.modules.flatMap(({ module }) => module ?? [])} />
      </Panel>
    </>
  );
}
