import { databaseCheck } from "../check.ts";
import type { Symptom } from "../finding.ts";
import { warning } from "../finding.ts";

export const encryption = databaseCheck({
  id: "encryption",
  holds: "Nothing goes over a network in clear",
  async look({ rows, server }) {
    const sessions = await rows<Session>(
      `select a.pid, coalesce(a.usename, '') as user, coalesce(a.application_name, '') as application,
         host(a.client_addr) as address, s.ssl or coalesce(g.encrypted, false) as encrypted
       from pg_stat_activity a
       join pg_stat_ssl s on s.pid = a.pid
       left join pg_stat_gssapi g on g.pid = a.pid
       where a.datname = current_database() and a.backend_type = 'client backend'`,
    );
    return clearTextSymptoms(sessions, server.process.actual, server.host);
  },
});

export interface Session {
  readonly pid: number;
  readonly user: string;
  readonly application: string;
  /** Null over a socket of the machine, and for those who may not see it. */
  readonly address: string | null;
  /** Null for those who may not see it. */
  readonly encrypted: boolean | null;
}

/** `host` is what the doctor itself connected to: through a container's port the server sees another address. */
export function clearTextSymptoms(sessions: readonly Session[], own: number, host: string): Symptom[] {
  const open = sessions.filter(
    ({ pid, address, encrypted }) =>
      encrypted === false && (pid === own ? !isLocal(host) : address !== null && !isLocal(address)),
  );
  if (open.length === 0) return [];
  return [
    warning(
      "Sessions go over a network in clear",
      open.map(
        ({ pid, user, application, address }) =>
          `${pid === own ? "the doctor's own" : `process ${pid}`}: ${user}${application === "" ? "" : ` (${application})`} from ${address ?? host}`,
      ),
      "Switch on ssl in the server (alter system set ssl = on; with a certificate) and demand it in the URL: ?sslmode=verify-full",
    ),
  ];
}

function isLocal(address: string): boolean {
  return (
    address.startsWith("/") ||
    address === "localhost" ||
    address === "::1" ||
    /^127\.\d+\.\d+\.\d+$/.test(address)
  );
}
