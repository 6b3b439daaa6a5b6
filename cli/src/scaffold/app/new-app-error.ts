/** A new project was not made. What had been written of it is gone again, unless the message says otherwise. */
export class NewAppError extends Error {
  override readonly name = "NewAppError";
  readonly code:
    | "ASHLAR_CLI_DIRECTORY_NOT_EMPTY"
    | "ASHLAR_CLI_DIRECTORY_UNWRITABLE"
    | "ASHLAR_CLI_PACKAGES_MISSING"
    | "ASHLAR_CLI_INSTALL_FAILED";

  constructor(code: NewAppError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
