import { databaseCheck } from "../check.ts";
import { error, note, type Symptom, warning } from "../finding.ts";
import { setOnServer, settingsOf } from "./setting.ts";

export const durability = databaseCheck({
  id: "durability",
  holds: "What is committed survives a crash",
  async look(database) {
    const settings = await settingsOf(database, "fsync", "full_page_writes", "synchronous_commit");
    const symptoms: Symptom[] = [];
    for (const name of ["fsync", "full_page_writes"]) {
      if (settings.get(name) !== "off") continue;
      symptoms.push(
        error(
          `A crash of the machine can destroy the database: ${name} is off`,
          [`${name} = off`],
          setOnServer(name, "on"),
        ),
      );
    }
    if (settings.get("synchronous_commit") === "off") {
      symptoms.push(
        warning(
          "A crash can lose what was committed last",
          [
            "synchronous_commit = off",
            "an order that was confirmed may be gone, up to three times wal_writer_delay",
          ],
          setOnServer("synchronous_commit", "on"),
        ),
      );
    }
    return symptoms;
  },
});

export const autovacuum = databaseCheck({
  id: "autovacuum",
  holds: "Dead rows are cleared away",
  async look(database) {
    const settings = await settingsOf(database, "autovacuum", "track_counts");
    const symptoms: Symptom[] = [];
    for (const name of ["autovacuum", "track_counts"]) {
      if (settings.get(name) !== "off") continue;
      symptoms.push(
        error(
          `Nothing clears dead rows away: ${name} is off`,
          [`${name} = off`, "queues slow down within hours, and in the end the server stops taking writes"],
          setOnServer(name, "on"),
        ),
      );
    }
    const tables = await database.rows<{ table: string }>(
      `select format('%I.%I', n.nspname, c.relname) as table from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'm') and c.oid >= 16384 and exists (
         select from pg_options_to_table(c.reloptions)
         where option_name = 'autovacuum_enabled' and lower(option_value) in ('false', 'off', 'no', '0'))
       order by 1`,
    );
    if (tables.length > 0) {
      symptoms.push(
        warning(
          "Dead rows of some tables are not cleared away",
          tables.map(({ table }) => `${table}: autovacuum_enabled = false`),
          tables.map(({ table }) => `alter table ${table} reset (autovacuum_enabled);`).join("\n"),
        ),
      );
    }
    return symptoms;
  },
});

export const statementStatistics = databaseCheck({
  id: "statement-statistics",
  holds: "Statements are counted and timed by pg_stat_statements",
  async look(database) {
    // Of the library itself, since only some roles may read what is preloaded.
    const settings = await settingsOf(database, "pg_stat_statements.max");
    if (settings.size > 0) return [];
    return [
      note(
        "Nobody counts what statements cost",
        ["pg_stat_statements is not loaded; without it slow statements are found by guessing"],
        "alter system set shared_preload_libraries = 'pg_stat_statements'; then restart the server. Keep what stands there already.",
      ),
    ];
  },
});

export const ioTiming = databaseCheck({
  id: "io-timing",
  holds: "Waiting for the disk is timed",
  async look(database) {
    const settings = await settingsOf(database, "track_io_timing");
    if (settings.get("track_io_timing") !== "off") return [];
    return [
      note(
        "Nobody times how long statements wait for the disk",
        ["track_io_timing = off"],
        `${setOnServer("track_io_timing", "on")} -- pg_test_timing shows what it costs; on usual machines next to nothing`,
      ),
    ];
  },
});

export const walLevel = databaseCheck({
  id: "wal-level",
  holds: "A module can be carved out without a restart of the server",
  async look(database) {
    const level = (await settingsOf(database, "wal_level")).get("wal_level");
    if (level === "logical") return [];
    return [
      note(
        "Carving out a module would take a restart of the server first",
        [`wal_level = ${level}`, "its tables move by logical replication"],
        "alter system set wal_level = logical; then restart the server when it suits you.",
      ),
    ];
  },
});

const DEFAULT_BUFFERS = 16_384;
const BLOCK = 8_192;
/** Then most of what is read has to come through the operating system's cache. */
const MANY_TIMES = 8;

export const memory = databaseCheck({
  id: "memory",
  holds: "The server's cache fits the database",
  async look(database) {
    const buffers = Number((await settingsOf(database, "shared_buffers")).get("shared_buffers"));
    const [size] = await database.rows<{ bytes: string; pretty: string; buffers: string }>(
      `select pg_database_size(current_database()) as bytes, pg_size_pretty(pg_database_size(current_database())) as pretty,
         pg_size_pretty($1::bigint * ${BLOCK}) as buffers`,
      [buffers],
    );
    if (buffers > DEFAULT_BUFFERS || Number(size!.bytes) < buffers * BLOCK * MANY_TIMES) return [];
    return [
      note(
        "The server's cache is still the default, and small for this database",
        [`shared_buffers = ${size!.buffers}, the database has ${size!.pretty}`],
        "Set shared_buffers to a quarter of the server's memory (alter system set shared_buffers = '2GB';) and restart the server.",
      ),
    ];
  },
});

export const timeZone = databaseCheck({
  id: "time-zone",
  holds: "The server speaks UTC",
  async look(database) {
    const settings = await settingsOf(database, "TimeZone", "log_timezone");
    const others = [...settings].filter(
      ([, zone]) => !/^(Etc\/)?(UTC|UCT|GMT|Zulu|Universal|Greenwich)$/i.test(zone),
    );
    if (others.length === 0) return [];
    return [
      note(
        "The server does not speak UTC",
        [
          ...others.map(([name, zone]) => `${name} = ${zone}`),
          "the app does; times in psql and in the server's log are shifted against its own",
        ],
        `${others.map(([name]) => `alter system set ${name} = 'UTC';`).join(" ")} select pg_reload_conf();`,
      ),
    ];
  },
});

export const passwordEncryption = databaseCheck({
  id: "password-encryption",
  holds: "Passwords are stored as SCRAM verifiers",
  async look(database) {
    const method = (await settingsOf(database, "password_encryption")).get("password_encryption");
    if (method === "scram-sha-256") return [];
    return [
      warning(
        "New passwords are stored as MD5",
        [
          `password_encryption = ${method}`,
          "the app's own login is not concerned: it is given its SCRAM verifier",
        ],
        `${setOnServer("password_encryption", "'scram-sha-256'")} Then set the passwords of people anew.`,
      ),
    ];
  },
});
