import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { frameworkMigrations } from "../postgres/framework-migrations/index.ts";
import { type DatabaseModel, databaseGrants, prepareDatabase, SYSTEM_SCHEMA } from "../postgres/index.ts";
import { atEndOfFile } from "./end-of-file.ts";
import { refuseLeakedConnections, refuseLeakedResources } from "./leaks.ts";
import { testServerUrl } from "./test-server.ts";

/** Every test database has the same: the server takes connections of this machine only, and is gone soon. */
export const LOGIN_PASSWORD = "ashlar-test";

/** A database of its own, with the roles, schemas and tables of a model. */
export interface TestDatabase {
  readonly name: string;
  /** Connects as superuser. */
  readonly url: string;
  /** Drops it, and throws if anybody was still connected. May be called again. */
  drop(): Promise<void>;
}

/**
 * Clones a database that was prepared and migrated for this model before, by this or another process; the first
 * one to ask prepares it. A clone takes about 15 ms.
 */
export async function createTestDatabase(model: DatabaseModel): Promise<TestDatabase> {
  const template = await templateOf(model);
  const admin = await maintenance();
  const name = `${model.app}_${process.pid}_${randomBytes(4).toString("hex")}`;
  // A copy of the files beats the default, which writes every page through the WAL, four times over.
  await admin.query(`create database ${name} template ${template} strategy file_copy`);
  await admin.query(databaseGrants(model.app, name));
  let dropped: Promise<void> | undefined;
  return {
    name,
    url: await urlOf(name),
    drop() {
      dropped ??= (async () => {
        try {
          await refuseLeakedConnections(admin, name);
        } finally {
          await admin.query(`drop database ${name} with (force)`);
        }
      })();
      return dropped;
    },
  };
}

/** Twelve hexadecimal digits that differ whenever the prepared databases would. */
export function fingerprintOf(model: DatabaseModel): string {
  const hash = createHash("sha256").update(
    JSON.stringify([frameworkMigrations(SYSTEM_SCHEMA), frameworkMigrations("module")]),
  );
  for (const { name, migrations, publishes, reads } of model.modules) {
    hash.update(JSON.stringify({ name, publishes, reads }));
    if (migrations === "" || !existsSync(migrations)) continue;
    for (const file of readdirSync(migrations).sort()) {
      hash.update(JSON.stringify(file)).update(readFileSync(join(migrations, file)));
    }
  }
  return hash.digest("hex").slice(0, 12);
}

const templates = new Map<string, Promise<string>>();

function templateOf(model: DatabaseModel): Promise<string> {
  const name = `${model.app}_${fingerprintOf(model)}_template`;
  let made = templates.get(name);
  if (made === undefined) {
    made = makeTemplate(name, model);
    templates.set(name, made);
  }
  return made;
}

async function makeTemplate(name: string, model: DatabaseModel): Promise<string> {
  // A connection of its own: another template of this process must not be let through by the same lock.
  const admin = new pg.Client(await testServerUrl());
  await admin.connect();
  try {
    // Of several processes that want the same template, one makes it and the others wait here. The lock ends
    // with the session, so one that dies half-way does not block them.
    await admin.query("select pg_advisory_lock(hashtextextended($1, 0))", [name]);
    const { rows } = await admin.query<{ datistemplate: boolean }>(
      "select datistemplate from pg_database where datname = $1",
      [name],
    );
    if (rows[0]?.datistemplate === true) return name;
    // Left half-made by one that died.
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.query(`create database ${name} strategy file_copy`);
    await prepareDatabase({ adminUrl: await urlOf(name), model, loginPassword: LOGIN_PASSWORD });
    // Being a template says that it is complete. Without connections, nothing can keep it from being cloned.
    await admin.query(`alter database ${name} with is_template true allow_connections false`);
    return name;
  } finally {
    await admin.end();
  }
}

let maintenanceClient: Promise<pg.Client> | undefined;

/** One connection to the server's first database, for the whole file. */
function maintenance(): Promise<pg.Client> {
  maintenanceClient ??= (async () => {
    const client = new pg.Client(await testServerUrl());
    await client.connect();
    // Runs after the databases made later are dropped: last of all but the server itself.
    atEndOfFile(async () => {
      await client.end();
      await refuseLeakedResources();
    });
    return client;
  })();
  return maintenanceClient;
}

async function urlOf(database: string): Promise<string> {
  const url = new URL(await testServerUrl());
  url.pathname = `/${database}`;
  return url.href;
}
