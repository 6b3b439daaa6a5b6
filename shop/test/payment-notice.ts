import { createHmac, randomUUID } from "node:crypto";

/** The body of a notice that a capture succeeded; `reference` is the payment's id. */
export function captureNotice(reference: string, total: { amount: number; currency: string }): string {
  const createdAt = new Date().toISOString();
  return JSON.stringify({
    id: `evt_${randomUUID()}`,
    type: "capture.succeeded",
    createdAt,
    data: {
      id: `cap_${randomUUID()}`,
      reference,
      ...total,
      state: "succeeded",
      declineReason: null,
      createdAt,
    },
  });
}

/** The signature of a body, as the payment provider makes it: now, unless told another second of the epoch. */
export function signed(secret: string, body: string, seconds = Math.floor(Date.now() / 1000)): string {
  return `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
}

/** The headers of a notice. */
export function noticeHeaders(signature: string): Readonly<Record<string, string>> {
  return { "content-type": "application/json", "payment-signature": signature };
}
