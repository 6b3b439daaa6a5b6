import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Module } from "./definition.ts";
import type { Fault } from "./errors.ts";

export function nameFaults(name: string): Fault[] {
  return /^[a-z][a-z0-9_]{0,19}$/.test(name)
    ? []
    : [
        {
          code: "ASHLAR_APP_NAME_INVALID",
          module: "app",
          key: `name ${JSON.stringify(name)}`,
          message: "it prefixes Postgres roles, so it is lower snake_case of at most 20 characters",
        },
      ];
}

export function migrationFaults(module: Module): Fault[] {
  return module.migrations === null || existsSync(module.migrations)
    ? []
    : [
        {
          code: "ASHLAR_MIGRATIONS_MISSING",
          module: module.name,
          key: "migrations",
          message: `there is no directory ${fileURLToPath(module.migrations)}; create it or correct the URL`,
        },
      ];
}
