import type { ConnectionGroup, Connections, DatabaseSession } from "../../api/database.ts";
import type { Ground } from "../ground.ts";
import type { Asking } from "./asking.ts";

interface Counted {
  readonly user: string;
  readonly application: string;
  readonly state: string;
  readonly isApp: boolean;
  readonly count: number;
}

const MOST_APPLICATIONS = 20;

/** How many connections there are and whose; `sessions` tells which of the app's work for which module. */
export async function readConnections(
  ground: Ground,
  ask: Asking,
  sessions: readonly DatabaseSession[],
): Promise<Connections> {
  const [limits] = await ask.rows<{ max: number; reserved: number }>(
    `select current_setting('max_connections')::integer as max,
       current_setting('superuser_reserved_connections')::integer
         + coalesce(current_setting('reserved_connections', true), '0')::integer as reserved`,
  );
  const counted = await ask.rows<Counted>(
    `select coalesce(usename, '') as user, coalesce(nullif(application_name, ''), 'no name') as application,
       coalesce(state, 'hidden') as state, usename = $1 and datname = current_database() as "isApp",
       count(*)::integer as count
     from pg_stat_activity where backend_type = 'client backend' and usename is not null
     group by 1, 2, 3, 4 order by 5 desc, 1, 2, 3`,
    [ground.app.name],
  );
  return {
    max: limits!.max,
    reserved: limits!.reserved,
    used: sum(counted),
    groups: groupsOf(
      counted,
      sessions.filter(({ user, state }) => user === ground.app.name && state !== "idle"),
    ),
    byState: totals(counted, ({ state }) => state).map(([state, count]) => ({ state, count })),
    byApplication: totals(counted, ({ user, application }) => `${user}\0${application}`)
      .slice(0, MOST_APPLICATIONS)
      .map(([key, count]) => {
        const [user, application] = key.split("\0") as [string, string];
        return { user, application, count };
      }),
  };
}

function groupsOf(counted: readonly Counted[], busy: readonly DatabaseSession[]): ConnectionGroup[] {
  const ofApp = counted.filter(({ isApp }) => isApp);
  const idle = sum(ofApp.filter(({ state }) => state === "idle"));
  // Counted a moment apart: one that began or ended in between must not make the parts exceed the whole.
  let left = sum(ofApp) - idle;
  const modules = [...Map.groupBy(busy, ({ module }) => module)]
    .filter(([module]) => module !== null)
    .map(([module, own]): ConnectionGroup => {
      const count = Math.min(left, own.length);
      left -= count;
      return { kind: "module", module, count };
    })
    .sort((one, other) => other.count - one.count);
  const rest: ConnectionGroup[] = [
    { kind: "app", module: null, count: left },
    { kind: "idle", module: null, count: idle },
    { kind: "others", module: null, count: sum(counted) - sum(ofApp) },
  ];
  return [...modules, ...rest].filter(({ count }) => count > 0);
}

function totals(counted: readonly Counted[], by: (each: Counted) => string): [string, number][] {
  return [...Map.groupBy(counted, by)]
    .map(([key, own]): [string, number] => [key, sum(own)])
    .sort(([, one], [, other]) => other - one);
}

function sum(counted: readonly Counted[]): number {
  return counted.reduce((total, { count }) => total + count, 0);
}
