import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { DatabaseModel, DatabaseModule } from "../../src/postgres/index.ts";
import { atEndOfFile } from "../../src/testing/end-of-file.ts";
import { testServerUrl } from "../../src/testing/test-server.ts";

/** Who lays the database out: a superuser, or its plain owner who may create roles, as on managed servers. */
export const admins = ["superuser", "owner"] as const;
export type Admin = (typeof admins)[number];

/** An empty database and an app name that nobody else on the server has. */
export interface Scratch {
  readonly app: string;
  readonly adminUrl: string;
  /** Connects as superuser, whoever the admin is. */
  readonly superuserUrl: string;
  /** Runs SQL as superuser. */
  sql(text: string): Promise<Record<string, never>[]>;
  model(modules: Record<string, Partial<ModuleFiles>>): DatabaseModel;
}

export interface ModuleFiles extends Omit<DatabaseModule, "name" | "migrations"> {
  readonly files: Record<string, string>;
}

export async function scratchDatabase(admin: Admin = "superuser"): Promise<Scratch> {
  const app = `t${randomBytes(4).toString("hex")}`;
  const superuserUrl = await urlOf(app);
  await run(await testServerUrl(), `create database ${app}`);
  let adminUrl = superuserUrl;
  if (admin === "owner") {
    await run(superuserUrl, `create role ${app}_admin login createrole password 'secret'`);
    await run(superuserUrl, `alter database ${app} owner to ${app}_admin`);
    const url = new URL(superuserUrl);
    url.username = `${app}_admin`;
    url.password = "secret";
    adminUrl = url.href;
  }
  const directory = mkdtempSync(join(tmpdir(), "ashlar-migrations-"));
  atEndOfFile(async () => {
    rmSync(directory, { recursive: true });
    await run(await testServerUrl(), `drop database ${app} with (force)`);
  });
  return {
    app,
    adminUrl,
    superuserUrl,
    sql: (text) => run(superuserUrl, text),
    model: (modules) => ({
      app,
      modules: Object.entries(modules).map(([name, { files = {}, publishes = [], reads = [] }]) => {
        const migrations = join(directory, name);
        rmSync(migrations, { recursive: true, force: true });
        mkdirSync(migrations);
        for (const [file, text] of Object.entries(files)) writeFileSync(join(migrations, file), text);
        return { name, migrations, publishes, reads };
      }),
    }),
  };
}

export async function run(url: string, text: string): Promise<Record<string, never>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

export async function urlOf(database: string): Promise<string> {
  const url = new URL(await testServerUrl());
  url.pathname = `/${database}`;
  return url.href;
}
