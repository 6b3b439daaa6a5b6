import { randomUUID } from "node:crypto";

export interface CaptureRequest {
  readonly reference: string;
  readonly amount: number;
  readonly currency: string;
  readonly card: string;
}

export interface RefundRequest {
  readonly capture: string;
  readonly amount: number;
}

export interface Capture {
  readonly id: string;
  /** What the client calls it. */
  readonly reference: string;
  /** Integer minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly state: "succeeded" | "declined";
  readonly declineReason: string | null;
  readonly createdAt: string;
}

export interface Refund {
  readonly id: string;
  /** Id of the capture that is given back. */
  readonly capture: string;
  readonly reference: string;
  readonly amount: number;
  readonly currency: string;
  readonly state: "succeeded";
  readonly createdAt: string;
}

/** What is sent to the webhook: once for each thing that happened, the same id in every repetition. */
export interface Notice {
  readonly id: string;
  readonly type: "capture.succeeded" | "capture.declined" | "capture.settled" | "refund.succeeded";
  readonly createdAt: string;
  readonly data: Capture | Refund;
}

/** Notices of one transaction: each is sent when the one before it was accepted. */
export interface NoticeSeries {
  readonly notices: readonly Notice[];
  readonly isRepeated: boolean;
}

export function notice(type: Notice["type"], data: Capture | Refund): Notice {
  return { id: `evt_${randomUUID()}`, type, createdAt: data.createdAt, data };
}
