import { Severity } from "../../elements/index.ts";

/** How a trace or a span ended, with its code. A refusal has a code too, but is an answer. */
export function Outcome({ failed, error }: { readonly failed: boolean; readonly error: string | null }) {
  if (!failed && error === null) return <Severity of="well" word="ok" />;
  return (
    <span className="outcome">
      <Severity of={failed ? "error" : "note"} word={failed ? "failed" : "refused"} />
      {error !== null && <code>{error}</code>}
    </span>
  );
}
