import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { Icon } from "./icon.tsx";

/** A modal dialog as long as it is rendered. Esc closes it; the focus goes back to where it was. */
export function Dialog({
  title,
  kind = "centre",
  onClose,
  children,
}: {
  readonly title: string;
  /** `side`: details beside the list that they belong to. */
  readonly kind?: "centre" | "side" | "palette";
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    if (element !== null && !element.open) element.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc and the button are for the keyboard
    <dialog
      ref={dialog}
      className="dialog"
      data-kind={kind}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className="dialog-inside">
        <div className={kind === "palette" ? "unseen" : "dialog-head"}>
          <h2 id={id}>{title}</h2>
          {kind !== "palette" && (
            <button type="button" className="button quiet icon-only" aria-label="Close" onClick={onClose}>
              <Icon name="close" />
            </button>
          )}
        </div>
        {children}
      </div>
    </dialog>
  );
}
