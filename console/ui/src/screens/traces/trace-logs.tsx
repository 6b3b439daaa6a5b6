import type { LogLineView, TraceLogs as Logs } from "../../../../api/traces.ts";
import { Code, Empty, Module, Severity, type SeverityName, Time } from "../../elements/index.ts";

const SEVERITIES: Readonly<Record<string, SeverityName>> = {
  warn: "warning",
  error: "error",
  fatal: "error",
};

/** What was logged on the way of a trace, as far as the answering instance remembers. */
export function TraceLogs({ logs }: { readonly logs: Logs }) {
  if (logs.lines.length === 0) {
    return (
      <Empty
        title="No line at warn or above"
        hint={`Each instance remembers its own last lines only, and this answer is of ${logs.instance}. The whole log is where the app writes it.`}
      />
    );
  }
  return (
    <>
      <ol className="log-lines">
        {logs.lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own and never change places
          <li key={index}>
            <Line line={line} />
          </li>
        ))}
      </ol>
      {logs.hasMore && <p className="quiet-text">There are more; these are the first {logs.lines.length}.</p>}
    </>
  );
}

function Line({ line }: { readonly line: LogLineView }) {
  const head = (
    <>
      <Severity of={SEVERITIES[line.level] ?? "note"} word={line.level} />
      <Time at={line.at} />
      {line.module !== null && <Module name={line.module} plain />}
      <span className="log-message">{line.message}</span>
    </>
  );
  if (line.fields === "") return <div className="log-line">{head}</div>;
  return (
    <details>
      <summary className="log-line">{head}</summary>
      <Code text={line.fields} label="Fields of the line" />
    </details>
  );
}
