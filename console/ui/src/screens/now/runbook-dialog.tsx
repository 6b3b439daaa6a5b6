import type { Runbook } from "../../../../api/now.ts";
import { useShown } from "../../api/index.ts";
import { Dialog, Failure, Markdown, useFilters } from "../../elements/index.ts";

/** The runbook that the address names, beside what fires. */
export function RunbookDialog({ check }: { readonly check: string }) {
  const filters = useFilters();
  const { data, error } = useShown<Runbook>(`/runbooks/${encodeURIComponent(check)}`);
  return (
    <Dialog title={`Runbook: ${check}`} kind="side" onClose={() => filters.set("runbook", null)}>
      <div className="runbook">
        {error !== null && <Failure problem={error} />}
        {data !== undefined && <Markdown text={data.markdown.replace(/^# .*\n+/, "")} below={1} />}
      </div>
    </Dialog>
  );
}
