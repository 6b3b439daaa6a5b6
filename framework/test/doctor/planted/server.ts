import { eventually } from "../../../src/testing/index.ts";
import { healthy } from "../clinic.ts";
import { startPooler } from "../pooler.ts";
import { bySetting, bySql, type PlantedFault } from "./planted-fault.ts";

const HOUR_MS = 3_600_000;

export const serverFaults: readonly PlantedFault[] = [
  {
    check: "database",
    fault: "nobody answers at the database's address",
    severity: "error",
    says: /The database cannot be reached: .*ECONNREFUSED/,
    // Port 1 is nobody's.
    told: () => ({ database: { url: "postgres://doctor:not-to-be-told@127.0.0.1:1/clinic" } }),
  },
  {
    check: "database",
    fault: "the password is wrong",
    severity: "error",
    says: /password authentication failed/,
    told: ({ url }) => ({ database: { url: url.replace(/:[^:@/]+@/, ":not-to-be-told@") } }),
  },
  {
    check: "database",
    fault: "there is no database yet",
    severity: "note",
    says: /There is no database to look at/,
    remedy: /Start the app once/,
    told: () => ({
      database: { missing: "There is no database to look at", remedy: "Start the app once." },
    }),
  },
  {
    check: "postgres-version",
    fault: "PostgreSQL got its last fix",
    severity: "error",
    says: /PostgreSQL 18 gets no more fixes: .*since 2030-11-14/,
    told: () => ({ machine: { ...healthy, now: () => Date.parse("2030-11-15") } }),
  },
  {
    check: "postgres-version",
    fault: "PostgreSQL gets its last fix soon",
    severity: "warning",
    says: /until 2030-11-14/,
    told: () => ({ machine: { ...healthy, now: () => Date.parse("2030-10-01") } }),
  },
  {
    check: "durability",
    fault: "commits are not waited for",
    severity: "warning",
    says: /synchronous_commit = off/,
    ...bySetting("synchronous_commit", "off"),
  },
  {
    check: "autovacuum",
    fault: "autovacuum is off",
    severity: "error",
    says: /autovacuum = off/,
    plant: (clinic) => clinic.set("autovacuum", "off"),
  },
  {
    check: "autovacuum",
    fault: "nobody counts dead rows",
    severity: "error",
    says: /track_counts = off/,
    ...bySetting("track_counts", "off"),
  },
  {
    check: "autovacuum",
    fault: "a table is left out",
    severity: "warning",
    says: /ordering\.orders: autovacuum_enabled = false/,
    remedy: /alter table ordering\.orders reset \(autovacuum_enabled\)/,
    ...bySql(
      "alter table ordering.orders set (autovacuum_enabled = false, fillfactor = 50)",
      "alter table ordering.orders reset (autovacuum_enabled, fillfactor)",
    ),
  },
  {
    check: "encryption",
    fault: "the session goes to an address that is not this machine's",
    severity: "warning",
    says: /the doctor's own: postgres \(ashlar doctor\)/,
    // Only a spelling of 127.0.0.1, yet none that the doctor can know to stay on this machine.
    told: ({ url }) => ({ database: { url: url.replace("127.0.0.1", "2130706433") } }),
  },
  {
    check: "password-encryption",
    fault: "new passwords are stored as MD5",
    severity: "warning",
    says: /password_encryption = md5/,
    ...bySetting("password_encryption", "md5"),
  },
  {
    check: "clock",
    fault: "this machine is an hour ahead",
    severity: "error",
    says: /the server is 3[56]\d{5} ms behind this machine/,
    remedy: /NTP/,
    told: () => ({ machine: { ...healthy, now: () => Date.now() + HOUR_MS } }),
  },
  {
    check: "clock",
    fault: "this machine is five seconds behind",
    severity: "warning",
    says: /the server is (49|50)\d\d ms ahead of this machine/,
    told: () => ({ machine: { ...healthy, now: () => Date.now() - 5_000 } }),
  },
  ...(["pooler", "time-outs"] as const).map((check): PlantedFault => {
    let url = "";
    return {
      check,
      fault: "a pooler is in between that drops start-up options",
      severity: check === "pooler" ? "note" : "error",
      says:
        check === "pooler"
          ? /the session was told process/
          : /statement_timeout is 0 ms; the pool asks for 15000/,
      remedy: check === "pooler" ? /max_prepared_statements/ : /alter role "clinic" set lock_timeout = 5000;/,
      async plant(clinic) {
        const pooler = await startPooler(clinic.url);
        url = pooler.url;
        return () => {
          url = "";
          return pooler.stop();
        };
      },
      told: (clinic) => ({ database: { url: url || clinic.url } }),
    };
  }),
  {
    check: "io-timing",
    fault: "nobody times the disk",
    severity: "note",
    says: /track_io_timing = off/,
    ...bySetting("track_io_timing", "off"),
  },
  {
    check: "time-zone",
    fault: "the database speaks local time",
    severity: "note",
    says: /TimeZone = Europe\/Berlin/,
    ...bySetting("timezone", "'Europe/Berlin'"),
  },
  {
    check: "replication-slots",
    fault: "a replica is gone for good",
    severity: "warning",
    says: /lazy \(physical\): nobody reads it/,
    remedy: /pg_drop_replication_slot\('lazy'\)/,
    ...bySql(
      "select pg_create_physical_replication_slot('lazy', true)",
      "select pg_drop_replication_slot('lazy')",
    ),
  },
  {
    check: "long-transactions",
    fault: "somebody forgot to commit",
    severity: "warning",
    says: /postgres \(forgotten shell\), in a transaction for \d+ s, idle for \d+ s/,
    remedy: /select pg_terminate_backend\(\d+\);/,
    told: () => ({ deployment: { idleInTransactionMs: 0 } }),
    async plant(clinic) {
      const session = await clinic.session();
      await session.query("set application_name = 'forgotten shell'");
      await session.query("begin");
      await session.query("select from ordering.orders");
      return () => session.query("rollback");
    },
  },
  {
    check: "long-transactions",
    fault: "a statement waits for ever",
    severity: "warning",
    says: /Transactions are open for long: .*Lock: advisory/,
    told: () => ({ deployment: { transactionMs: 0 } }),
    async plant(clinic) {
      await clinic.sql("select pg_advisory_lock(47)");
      const session = await clinic.session();
      const waiting = session.query("select pg_advisory_lock(47)");
      await eventually("the session waits", async () => {
        const [row] = await clinic.sql("select count(*)::int as waiting from pg_locks where not granted");
        return row!.waiting === 1;
      });
      return async () => {
        await clinic.sql("select pg_advisory_unlock(47)");
        await waiting;
        await session.query("select pg_advisory_unlock(47)");
      };
    },
  },
  {
    check: "long-transactions",
    fault: "a prepared transaction was forgotten",
    severity: "warning",
    says: /in limbo of postgres/,
    remedy: /rollback prepared 'in limbo';/,
    told: () => ({ deployment: { transactionMs: 0 } }),
    ...bySql(
      ["begin", "lock table ordering.orders in row share mode", "prepare transaction 'in limbo'"],
      "rollback prepared 'in limbo'",
    ),
  },
];
