import type pg from "pg";
import { SYSTEM_SCHEMA } from "../postgres/index.ts";
import { type App, readApp } from "./app.ts";
import type { Check } from "./check.ts";
import { checks } from "./checks/index.ts";
import { modules } from "./checks/modules.ts";
import { type Database, databaseOf, openSession, readOnly, readServer } from "./database.ts";
import { diagnose, named, unreachable } from "./diagnose.ts";
import type { Examination } from "./examination.ts";
import { type Finding, note, ok, SEVERITIES } from "./finding.ts";

/** The one question that is not in the list, since all others of a database depend on it. */
const reachable = { id: "database", holds: "The database answers" };

/** Of all checks. */
export const CHECK_IDS: readonly string[] = [reachable.id, ...checks.map(({ id }) => id)];

/**
 * Looks at a machine, a database and the app in it. Makes every check it can and never throws for what it finds:
 * what cannot be looked at is a finding too. Writes nothing: the session can only read, and what the check of the
 * walls tries with the app's own login is refused or rolled back. Worst findings first.
 */
export async function examine(examination: Examination): Promise<Finding[]> {
  const { machine, only } = examination;
  const wanted = checks.filter(({ id }) => only?.includes(id) ?? true);
  const findings: Finding[] = [];
  for (const check of wanted) {
    if (check.of === "machine") findings.push(...(await diagnose(check, () => check.look(machine))));
  }
  if ((only?.includes(reachable.id) ?? true) || wanted.some(({ of }) => of !== "machine")) {
    findings.push(...(await examineDatabase(examination, wanted)));
  }
  return findings.toSorted(
    (one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity),
  );
}

async function examineDatabase(examination: Examination, wanted: readonly Check[]): Promise<Finding[]> {
  const { database: address, only } = examination;
  if ("missing" in address) return named(reachable.id, note(address.missing, [], address.remedy));
  let client: pg.Client;
  try {
    client = await openSession(address.url);
  } catch (failure) {
    return named(reachable.id, unreachable(failure));
  }
  try {
    let database: Database | undefined;
    const reached = await diagnose(reachable, async () => {
      const server = await readOnly(client, () => readServer(client));
      database = databaseOf(client, server, examination.deployment ?? {}, examination.machine.now);
      const { version, host, port, user, isSuperuser } = server;
      return [
        ok(reachable.holds, [
          `PostgreSQL ${version} at ${host.startsWith("/") ? host : `${host}:${port}`}, ` +
            `database ${server.database}, as ${user}, ${isSuperuser ? "a superuser" : "no superuser"}`,
        ]),
      ];
    });
    if (database === undefined) return reached;
    return [
      ...((only?.includes(reachable.id) ?? true) ? reached : []),
      ...(await makeChecks(examination, client, database, wanted)),
    ];
  } finally {
    await client.end().catch(() => {});
  }
}

async function makeChecks(
  examination: Examination,
  client: pg.Client,
  database: Database,
  wanted: readonly Check[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of wanted) {
    if (check.of !== "database") continue;
    findings.push(...(await diagnose(check, () => readOnly(client, () => check.look(database)))));
  }
  if (!wanted.some(({ of }) => of === "app")) return findings;
  let app: App | null | undefined;
  // What the check of the modules says is said even when others were asked for: without an app they say nothing.
  const found = await diagnose(modules, async () => {
    app = await readOnly(client, () => readApp(examination, client, database));
    return app === null ? [noApp(database)] : [];
  });
  if (!app) return [...findings, ...found];
  const present = app;
  for (const check of wanted) {
    if (check.of !== "app") continue;
    findings.push(...(await diagnose(check, () => readOnly(client, () => check.look(present)))));
  }
  return findings;
}

function noApp({ server }: Database) {
  return note(
    `There is no app of Ashlar in database ${server.database}`,
    [`it has no schema ${SYSTEM_SCHEMA}; the checks of an app were left out`],
    "Start the app on it once, or name another database.",
  );
}
