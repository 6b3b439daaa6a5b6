/** What a process of the command line ends with. */
export const EXIT = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  nothingMatched: 3,
  /** Of `ashlar top`: there is nobody to ask. */
  cannotAsk: 3,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command was called in a way that means nothing. The message says what to type instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "ASHLAR_CLI_USAGE";
}
