import type { ActionRecord } from "../../../../api/audit.ts";
import { Count } from "../../elements/index.ts";

/** To how many it was done, or while it is under way has been so far. */
export function DoneTo({ record: { count, isAtLeast, done } }: { readonly record: ActionRecord }) {
  if (count !== null) return <Count of={count} isAtLeast={isAtLeast} />;
  return (
    <>
      <Count of={done} /> so far
    </>
  );
}
