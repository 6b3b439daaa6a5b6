import type { Trespass } from "./trespass.ts";

/** An import that crosses a wall between modules, refused while it was being resolved. */
export class BoundaryError extends Error {
  readonly code = "MODULE_BOUNDARY";
  override readonly name = "BoundaryError";
  readonly trespass: Trespass;
  /** As written in the import. */
  readonly specifier: string;
  /** The importing file. */
  readonly file: string;

  constructor(trespass: Trespass, specifier: string, file: string) {
    super(`${trespass.what}: "${specifier}" in ${file}. ${trespass.remedy}`);
    this.trespass = trespass;
    this.specifier = specifier;
    this.file = file;
  }
}
