import { writeFileSync } from "node:fs";

/** A file that was asked for cannot be written. */
export class OutputError extends Error {
  override readonly name = "OutputError";
  readonly code = "ASHLAR_CLI_NOT_WRITTEN";
}

export function writeOutput(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new OutputError(`${file} cannot be written: ${(cause as Error).message}. Is its folder there?`, {
      cause,
    });
  }
}
