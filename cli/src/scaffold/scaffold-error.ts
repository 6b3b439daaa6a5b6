/** Nothing was generated, and nothing is half done. The message names the file and what to do. */
export class ScaffoldError extends Error {
  override readonly name = "ScaffoldError";
  readonly code: "ASHLAR_CLI_NOT_WRITTEN" | "ASHLAR_CLI_FILE_CHANGED" | "ASHLAR_CLI_EDIT_BY_HAND";

  constructor(code: ScaffoldError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A file does not look as the generator knows it, so that any edit would be a guess. */
export function editByHand(file: string, found: string, remedy: string): ScaffoldError {
  return new ScaffoldError("ASHLAR_CLI_EDIT_BY_HAND", `${file} ${found}, so nothing was written. ${remedy}`);
}
