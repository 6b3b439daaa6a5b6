import type { AnyFiringCheck, Objectives } from "ashlar/health";
import type { Execute } from "ashlar/module";
import type { LoginConnection } from "ashlar/postgres";

export interface ConsoleOptions {
  /** `BootReport.console`: what the console connects with, on two connections of its own and one that looks. */
  readonly connection: LoginConnection;
  /** Roles of the app's actors. Whoever has neither does not get in. */
  readonly roles: { readonly operator: string; readonly reader: string };
  readonly signIn: ConsoleSignIn;
  /** Root of the project, for CODEOWNERS and runbooks, where the app runs with its sources. */
  readonly root?: string;
  /** What is running, for people; the app's own `release` unless given. */
  readonly release?: string;
  /** What routes have to keep; the framework's own objective for all of them unless given. */
  readonly objectives?: Objectives;
  /** What is looked at; all that `firingChecks()` gives unless given. */
  readonly checks?: readonly AnyFiringCheck[];
  /** True when browsers reach it only through HTTPS: the cookie is then never sent without. */
  readonly behindHttps?: boolean;
  /** Where the pages are; the package's own unless given. */
  readonly pages?: string;
}

/** How somebody gets the token that the app's `authenticate` takes. */
export type ConsoleSignIn =
  | {
      readonly asksFor: "password";
      /** The token of a new session; null when name or password is wrong. Declared errors are answered as such. */
      open(credentials: Credentials, execute: Execute): Promise<string | null>;
      /** Ends the session of the token, with `execute` on behalf of whom it belongs to. */
      close?(token: string, execute: Execute): Promise<void>;
    }
  | {
      /** The form asks for the token itself, for hosts that give out tokens in another way. */
      readonly asksFor: "token";
      close?(token: string, execute: Execute): Promise<void>;
    };

export interface Credentials {
  readonly name: string;
  readonly password: string;
}
