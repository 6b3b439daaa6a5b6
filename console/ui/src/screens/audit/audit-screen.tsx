import { useLocation } from "wouter";
import { session } from "../../api/session.ts";
import { ChoiceFilter, Dialog, Filters, Page, TextFilter, useFilters } from "../../elements/index.ts";
import { ActionDetails } from "./action-details.tsx";
import { ActionTable } from "./action-table.tsx";

/** What operators did, why, and what became of it. */
export default function AuditScreen() {
  const filters = useFilters();
  const [, navigate] = useLocation();
  const open = filters.get("open");
  // In place of the address with the details, so that Back leads further back and not to them again.
  const close = () => {
    const query = filters.with({ open: null, before: filters.get("before") });
    navigate(query === "" ? "/audit" : `/audit?${query}`, { replace: true });
  };
  return (
    <Page
      title="Audit"
      lede="Every action of an operator, with its reason. It is written down before the action begins and cannot be changed afterwards."
    >
      <Filters>
        <TextFilter name="actor" label="Actor" placeholder="account:…" />
        <TextFilter name="action" label="Action" placeholder="jobs.retry" />
        <ChoiceFilter name="module" label="Module" choices={session().modules} />
      </Filters>
      <ActionTable filters={filters} />
      {open !== null && (
        <Dialog title="Action" kind="side" onClose={close}>
          <ActionDetails id={open} />
        </Dialog>
      )}
    </Page>
  );
}
