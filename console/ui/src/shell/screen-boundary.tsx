import { Component, type ReactNode } from "react";
import { Failure } from "../elements/failure.tsx";

/** Keeps a screen that fails from taking the rest of the page with it. */
export class ScreenBoundary extends Component<
  { readonly children: ReactNode },
  { readonly error: Error | null }
> {
  override state = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const error: Error | null = this.state.error;
    if (error === null) return this.props.children;
    return (
      <div className="page">
        <h1>This page failed</h1>
        <Failure problem={error} />
        <p>
          <button type="button" className="button" onClick={() => location.reload()}>
            Load it again
          </button>
        </p>
      </div>
    );
  }
}
