import { createHmac } from "node:crypto";

/**
 * The value of the header `Payment-Signature` for a body that is sent at `seconds` of the epoch: the time, and the
 * HMAC-SHA256 of time, full stop and body under the secret of the webhook.
 */
export function signatureOf(secret: string, seconds: number, body: string): string {
  const digest = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return `t=${seconds},v1=${digest}`;
}
