import type { ReactNode } from "react";
import type { ShownState } from "../api/shown.ts";
import { Failure } from "./failure.tsx";

/** What a read endpoint answered, once there is something; until then that it is coming, or why it is not. */
export function Whole<Data>({
  of,
  children,
}: {
  readonly of: ShownState<Data>;
  readonly children: (data: Data) => ReactNode;
}) {
  if (of.data !== undefined) return children(of.data);
  if (of.error !== null) return <Failure problem={of.error} />;
  return (
    <div className="loading" role="status">
      <span className="unseen">Loading</span>
      <span className="loading-bar" aria-hidden="true" />
      <span className="loading-bar" aria-hidden="true" />
      <span className="loading-bar" aria-hidden="true" />
    </div>
  );
}
