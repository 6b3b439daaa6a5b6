import { type OperationError, operationError } from "ashlar/contract";
import { catalog } from "../contract/index.ts";

/** The file as a whole is no list of products; nothing of it may have been imported. */
export function fileUnreadable(reason: string): OperationError {
  return operationError(catalog.importProducts, "FILE_UNREADABLE", { reason });
}
