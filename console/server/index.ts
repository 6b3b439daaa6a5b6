export { type Console, openConsole } from "./console.ts";
export type {
  ActEndpoint,
  ActOutcome,
  ActRequest,
  ConsoleRequest,
  Endpoint,
  ReadEndpoint,
} from "./endpoint.ts";
export type { Ground } from "./ground.ts";
export type { ConsoleOptions, ConsoleSignIn, Credentials } from "./options.ts";
