import { useEffect } from "react";
import { useLocation } from "wouter";
import type { Outcome } from "../api/act.ts";
import { useSession } from "../api/session.ts";
import { createStore, useStore } from "../api/store.ts";
import { ActionDialog } from "./action-dialog.tsx";

export interface ActionButtonProps {
  /** As in the audit: `jobs.retry`. */
  readonly action: string;
  /** POST, below /console/api: `/jobs/retry`. */
  readonly path: string;
  readonly input: object;
  /** Imperative: `Retry`. */
  readonly label: string;
  /** It destroys something, or stops it. */
  readonly danger?: boolean;
  /** What is counted, in the singular: `job`. */
  readonly one?: string;
  /** What it would do, as the dry run found; otherwise its summary stands there. */
  readonly describe?: (outcome: Outcome) => string;
  readonly onDone?: (outcome: Outcome) => void;
  readonly isSmall?: boolean;
}

const opened = createStore<ActionButtonProps | null>(null);

/** Opens the dialog in which an operator does it. Readers do not see it. */
export function ActionButton(props: ActionButtonProps) {
  if (useSession()?.access !== "operator") return null;
  const look = `button${props.danger ? " danger" : ""}${props.isSmall ? " small" : ""}`;
  return (
    <button type="button" className={look} data-action={props.action} onClick={() => opened.set(props)}>
      {props.label}
    </button>
  );
}

/**
 * The dialog of the button that was pressed. It stands in the shell and not beside the button: what an action does
 * often takes away the row, and with it the button, before its outcome could be read.
 */
export function OpenedAction() {
  const props = useStore(opened);
  const [path] = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is another matter
  useEffect(() => opened.set(null), [path]);
  return props === null ? null : <ActionDialog {...props} onClose={() => opened.set(null)} />;
}
