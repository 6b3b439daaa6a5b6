/**
 * What every answer carries, as the flat list that `writeHead` takes. The answers are data and never a page: a
 * browser that shows one may run, frame, sniff and refer nothing.
 */
export function securityHeaders(behindHttps: boolean): readonly string[] {
  return [
    "content-security-policy",
    "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options",
    "nosniff",
    "referrer-policy",
    "no-referrer",
    "cross-origin-resource-policy",
    "same-origin",
    ...(behindHttps ? ["strict-transport-security", "max-age=31536000"] : []),
  ];
}
