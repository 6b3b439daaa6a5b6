import type { ImportFact } from "../file-facts.ts";

/** Packages that open a connection of their own to a database. */
const DRIVERS = new Set([
  "@electric-sql/pglite",
  "@mikro-orm/postgresql",
  "@neondatabase/serverless",
  "@prisma/client",
  "@vercel/postgres",
  "better-sqlite3",
  "drizzle-orm",
  "knex",
  "kysely-neon",
  "kysely-postgres-js",
  "mongodb",
  "mysql2",
  "pg",
  "pg-copy-streams",
  "pg-cursor",
  "pg-listen",
  "pg-native",
  "pg-pool",
  "pg-promise",
  "pg-query-stream",
  "postgres",
  "sequelize",
  "slonik",
  "typeorm",
]);

export function isDriver(name: string): boolean {
  return DRIVERS.has(name);
}

/** Of Kysely, the part that talks to a server: a dialect, or the driver below it. */
export function isDriverPart({ specifier, names = [] }: ImportFact): boolean {
  return specifier === "kysely" && names.some((name) => /(?:Dialect|Driver)$|^Kysely$/.test(name));
}
