export { type Static, type TObject, type TSchema, Type } from "typebox";
export {
  type AnyContract,
  type Contract,
  type ContractMember,
  contract,
  isEvent,
  isOperation,
  membersOf,
  type NamedMember,
  type OperationsOf,
  type Port,
} from "./contract.ts";
export { ContractError } from "./contract-error.ts";
export { type ErrorDeclaration, type ErrorKind, error } from "./error-declaration.ts";
export { type AnyEvent, type Event, event, type PayloadOf } from "./event.ts";
export {
  type AnyCommand,
  type AnyOperation,
  type AnyQuery,
  type Command,
  command,
  type ErrorsOf,
  type InputOf,
  type OutputOf,
  type Query,
  query,
  type TransactionMode,
} from "./operation.ts";
export {
  isError,
  OperationError,
  type OperationErrorOf,
  operationError,
  wireCode,
} from "./operation-error.ts";
export { closed, type SchemaViolation, validator } from "./schema.ts";
export { type AnyView, type RowOf, type View, view } from "./view.ts";
