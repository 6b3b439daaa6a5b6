/**
 * What to tell somebody whose command failed: the message of the error, which says what happened and what to do,
 * without a stack. Errors of ours carry a code; for any other the code of the system, or nothing, is all there is.
 */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return `The shop failed: ${String(error)}`;
  return isOurs(error)
    ? error.message
    : `The shop failed unexpectedly: ${error.message || error.name}. LOG_LEVEL=debug shows where.`;
}

function isOurs(error: Error): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === "string" && /^(?:ASHLAR|SHOP|BILLING|CATALOG|IDENTITY|ORDERING)_/.test(code);
}
