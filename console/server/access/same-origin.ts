import type { IncomingHttpHeaders } from "node:http";
import { Refusal } from "ashlar/http";

/**
 * Refuses what another site lets a browser send. A form cannot set the header, and a script of another site may not
 * without being asked for first, which nobody answers; the rest is for browsers that have a hole there.
 */
export function refuseForeign(headers: IncomingHttpHeaders): void {
  if (headers["x-ashlar-console"] !== "1") throw new Refusal("FORBIDDEN");
  const site = headers["sec-fetch-site"];
  // Only told on what the browser takes for secure: HTTPS, and this machine.
  if (site !== undefined ? site !== "same-origin" : !isOfThisHost(headers)) throw new Refusal("FORBIDDEN");
}

function isOfThisHost({ origin, host }: IncomingHttpHeaders): boolean {
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}
