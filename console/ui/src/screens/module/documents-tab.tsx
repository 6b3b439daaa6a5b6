import type { ModuleDocument, ModuleDocumentName } from "../../../../api/module.ts";
import { useShown } from "../../api/index.ts";
import { Empty, Markdown, Panel, Whole } from "../../elements/index.ts";
import type { ModuleTab } from "./module-tab.ts";

const TITLES: Readonly<Record<ModuleDocumentName, string>> = { readme: "README", runbook: "Runbook" };

/** What people wrote of the module: the runbook first, for that is what is needed at night. */
export function DocumentsTab({ module: { name, documents } }: ModuleTab) {
  if (documents.length === 0) {
    return (
      <Panel title="Documents">
        <Empty
          title="Nothing is written of this module"
          hint="A README.md in its folder and docs/runbooks/<module>.md are shown here, where the app runs with its sources."
        />
      </Panel>
    );
  }
  return (
    <>
      {[...documents].reverse().map((document) => (
        <Document key={document} module={name} document={document} />
      ))}
    </>
  );
}

function Document({ module, document }: { readonly module: string; readonly document: ModuleDocumentName }) {
  const shown = useShown<ModuleDocument>(`/modules/${encodeURIComponent(module)}/documents/${document}`);
  return (
    <Panel title={TITLES[document]} aside={shown.data !== undefined && <code>{shown.data.path}</code>}>
      <Whole of={shown}>{({ markdown }) => <Markdown text={markdown} />}</Whole>
    </Panel>
  );
}
