import type { ReactNode } from "react";

/** Nothing to show, and why that is so or what to do about it. */
export function Empty({ title, hint }: { readonly title: string; readonly hint?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {hint !== undefined && <p className="empty-hint">{hint}</p>}
    </div>
  );
}
