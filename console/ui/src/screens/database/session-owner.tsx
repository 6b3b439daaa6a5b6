import type { DatabaseSession } from "../../../../api/database.ts";
import { Module } from "../../elements/index.ts";

/** The module that a session works for; who is logged in where none can be told. */
export function SessionOwner({ session }: { readonly session: DatabaseSession }) {
  if (session.module !== null) return <Module name={session.module} />;
  return (
    <span className="session-login">
      {session.user === "" ? session.application : session.user}
      {session.user !== "" && <span className="aside-text"> {session.application}</span>}
    </span>
  );
}
