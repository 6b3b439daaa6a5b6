import type { ExportedTrace } from "./trace-request.ts";

/** Traces that wait to be sent, oldest first. Holds at most `maxSpans` spans: what is too much, the oldest lose. */
export class TraceQueue {
  readonly maxSpans: number;
  #traces: ExportedTrace[] = [];
  #spanCount = 0;

  constructor(maxSpans: number) {
    this.maxSpans = maxSpans;
  }

  get spanCount(): number {
    return this.#spanCount;
  }

  /** Returns how many spans had to go, which may be those of `trace` itself. */
  add(trace: ExportedTrace): number {
    // Would take room that nothing counts.
    if (trace.spans.length === 0) return 0;
    this.#traces.push(trace);
    this.#spanCount += trace.spans.length;
    if (this.#spanCount <= this.maxSpans) return 0;
    const before = this.#spanCount;
    let gone = 0;
    while (this.#spanCount > this.maxSpans) this.#spanCount -= this.#traces[gone++]!.spans.length;
    this.#traces.splice(0, gone);
    return before - this.#spanCount;
  }

  /** Takes whole traces out until they have `enough` spans; at least one, whatever its size. */
  take(enough: number): ExportedTrace[] {
    let count = 0;
    let spans = 0;
    while (count < this.#traces.length && spans < enough) spans += this.#traces[count++]!.spans.length;
    this.#spanCount -= spans;
    return this.#traces.splice(0, count);
  }
}
