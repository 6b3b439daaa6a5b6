export { type Span, SpanRing } from "./span-ring.ts";
