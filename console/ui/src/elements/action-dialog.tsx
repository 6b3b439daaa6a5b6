import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import type { ActionRecord } from "../../../api/audit.ts";
import { act, dryRun, type Outcome } from "../api/act.ts";
import type { ActionButtonProps } from "./action-button.tsx";
import { Dialog } from "./dialog.tsx";
import { Failure } from "./failure.tsx";
import { countOf, formatCount, formatSentence } from "./format.ts";
import { Severity } from "./severity.tsx";

const REASON = { min: 3, max: 500 };

/**
 * counting → asking → running → done, or failed from any of them. What failed can be tried again, which counts anew;
 * closing while it runs leaves it running on the server.
 */
type Step =
  | { readonly name: "counting" }
  | { readonly name: "asking"; readonly outcome: Outcome }
  | { readonly name: "running"; readonly progress: ActionRecord | null; readonly of: Outcome }
  | { readonly name: "done"; readonly outcome: Outcome }
  | { readonly name: "failed"; readonly problem: Error };

/** Says first whom it would be done to, asks why, does it, and tells what became of it. */
export function ActionDialog(props: ActionButtonProps & { readonly onClose: () => void }) {
  const { path, input, label, danger = false, describe, onDone, onClose } = props;
  const [step, setStep] = useState<Step>({ name: "counting" });
  const [reason, setReason] = useState("");
  const [tries, setTries] = useState(0);
  const leaving = useRef<AbortController>(null);
  const client = useQueryClient();
  const given = useRef(input);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another try counts anew
  useEffect(() => {
    let isHere = true;
    setStep({ name: "counting" });
    dryRun(path, given.current).then(
      (outcome) => isHere && setStep({ name: "asking", outcome }),
      (problem: Error) => isHere && setStep({ name: "failed", problem }),
    );
    return () => {
      isHere = false;
    };
  }, [path, tries]);
  useEffect(() => () => leaving.current?.abort(), []);

  const run = async (of: Outcome) => {
    const controller = new AbortController();
    leaving.current = controller;
    setStep({ name: "running", progress: null, of });
    try {
      const outcome = await act(
        path,
        given.current,
        reason.trim(),
        (progress) => setStep({ name: "running", progress, of }),
        controller.signal,
      );
      setStep({ name: "done", outcome });
      onDone?.(outcome);
    } catch (problem) {
      if (!controller.signal.aborted) setStep({ name: "failed", problem: problem as Error });
    }
    // Whatever became of it, what the page shows may have changed.
    void client.invalidateQueries({ queryKey: ["shown"] });
  };

  return (
    <Dialog title={label} onClose={onClose}>
      <div className="action" aria-live="polite" data-step={step.name}>
        {step.name === "counting" && <p role="status">Counting…</p>}
        {step.name === "asking" && (
          <Asking
            {...{ label, danger, reason, setReason, onClose }}
            what={describe?.(step.outcome) ?? formatSentence(step.outcome.summary)}
            count={countText(step.outcome, props.one)}
            isNothing={step.outcome.count === 0}
            onConfirm={() => void run(step.outcome)}
          />
        )}
        {step.name === "running" && <Running progress={step.progress} of={step.of} />}
        {step.name === "done" && (
          <>
            <p>
              <Severity of="well" word={formatSentence(step.outcome.summary)} />
            </p>
            <div className="dialog-foot">
              {/* biome-ignore lint/a11y/noAutofocus: what had the focus is gone */}
              <button type="button" className="button primary" autoFocus onClick={onClose}>
                Close
              </button>
            </div>
          </>
        )}
        {step.name === "failed" && (
          <>
            <Failure problem={step.problem} />
            <div className="dialog-foot">
              <button type="button" className="button" onClick={onClose}>
                Close
              </button>
              <button type="button" className="button primary" onClick={() => setTries(tries + 1)}>
                Try again
              </button>
            </div>
          </>
        )}
      </div>
    </Dialog>
  );
}

function Asking({
  label,
  danger,
  what,
  count,
  isNothing,
  reason,
  setReason,
  onConfirm,
  onClose,
}: {
  readonly label: string;
  readonly danger: boolean;
  readonly what: string;
  readonly count: string;
  readonly isNothing: boolean;
  readonly reason: string;
  readonly setReason: (reason: string) => void;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}) {
  const id = useId();
  const confirm = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim().length >= REASON.min) onConfirm();
  };
  if (isNothing) {
    return (
      <>
        <p>{what}</p>
        <p className="quiet-text">There is nothing to do it to.</p>
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
        </div>
      </>
    );
  }
  return (
    <form onSubmit={confirm}>
      <p className="action-what">{what}</p>
      <div className="field block">
        <label className="field-label" htmlFor={id}>
          Reason, for the audit
        </label>
        <textarea
          id={id}
          rows={2}
          // biome-ignore lint/a11y/noAutofocus: the dialog has just opened, and this is what it asks
          autoFocus
          required
          minLength={REASON.min}
          maxLength={REASON.max}
          value={reason}
          aria-describedby={`${id}-hint`}
          onChange={(event) => setReason(event.target.value)}
        />
        <p id={`${id}-hint`} className="field-hint">
          {REASON.min} to {REASON.max} characters
        </p>
      </div>
      <div className="dialog-foot">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button
          type="submit"
          className={`button ${danger ? "danger filled" : "primary"}`}
          disabled={reason.trim().length < REASON.min}
        >
          {label} ({count})
        </button>
      </div>
    </form>
  );
}

function Running({ progress, of }: { readonly progress: ActionRecord | null; readonly of: Outcome }) {
  const done = progress?.done ?? null;
  return (
    <>
      <p role="status">
        {done === null
          ? "Under way…"
          : `${formatCount(done)} of ${formatCount(of.count, of.isAtLeast)} so far`}
      </p>
      <progress
        aria-label="How far it is"
        {...(done === null || of.count === 0 ? {} : { value: Math.min(done, of.count), max: of.count })}
      />
      {progress !== null && (
        <p className="quiet-text">It goes on when this is closed; its outcome will be in the audit.</p>
      )}
    </>
  );
}

function countText(outcome: Outcome, one: string | undefined): string {
  if (one !== undefined) return countOf(outcome.count, one, outcome.isAtLeast);
  return formatCount(outcome.count, outcome.isAtLeast);
}
