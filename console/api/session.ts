/** What somebody may do in the console. A reader sees everything and changes nothing. */
export type Access = "operator" | "reader";

/** GET /console/api/session. */
export interface SessionView {
  readonly app: string;
  readonly release: string | null;
  /** `<host>:<pid>` of the instance that answers. */
  readonly instance: string;
  /** As in the audit: `account:<id>`. */
  readonly actor: string;
  readonly access: Access;
  readonly modules: readonly string[];
}

/** GET /console/api/sign-in, for anybody: what the form asks for. */
export interface SignInForm {
  readonly app: string;
  readonly asksFor: "password" | "token";
}

/** POST /console/api/session. */
export type SignIn = { readonly name: string; readonly password: string } | { readonly token: string };
