import pg from "pg";
import { examine, type Finding } from "../../../src/doctor/index.ts";
import { atEndOfFile } from "../../../src/testing/end-of-file.ts";
import { startTestServer, type TestServer } from "../../../src/testing/index.ts";
import { type Clinic, healthy } from "../clinic.ts";
import type { PlantedFault } from "./planted-fault.ts";

/** A fault of a whole server, which another one than the clinic's is started with. */
export interface NeglectedServer extends PlantedFault {
  examine(clinic: Clinic): Promise<Finding[]>;
}

const SETTINGS = {
  shared_preload_libraries: "",
  wal_level: "replica",
  shared_buffers: "128kB",
  autovacuum: "off",
  // The least there is; autovacuum, which would come nevertheless, is held off by the transaction below.
  autovacuum_freeze_max_age: "100000",
};

let server: Promise<TestServer> | undefined;

function neglect(fault: PlantedFault): NeglectedServer {
  return {
    ...fault,
    async examine() {
      server ??= (async () => {
        const started = await startTestServer({ settings: SETTINGS });
        atEndOfFile(() => started.stop());
        return started;
      })();
      const { url } = await server;
      return await examine({
        machine: healthy,
        database: { url },
        code: { unknown: "there is no project here" },
        only: [fault.check],
      });
    },
  };
}

export const neglected: readonly NeglectedServer[] = [
  // Test servers give up crash safety for speed.
  ...["fsync", "full_page_writes"].map((name) =>
    neglect({
      check: "durability",
      fault: `${name} is off`,
      severity: "error",
      says: new RegExp(`${name} = off`),
      remedy: new RegExp(`alter system set ${name} = on`),
    }),
  ),
  neglect({
    check: "statement-statistics",
    fault: "pg_stat_statements is not loaded",
    severity: "note",
    says: /pg_stat_statements is not loaded/,
  }),
  neglect({
    check: "wal-level",
    fault: "the server cannot replicate logically",
    severity: "note",
    says: /wal_level = replica/,
  }),
  neglect({
    check: "memory",
    fault: "the cache is small for the database",
    severity: "note",
    says: /shared_buffers = 128 kB, the database has \d+ \w+/,
  }),
  neglect({
    check: "modules",
    fault: "there is no app in the database",
    severity: "note",
    says: /There is no app of Ashlar in database postgres/,
  }),
  burnt(
    neglect({
      check: "transaction-ids",
      fault: "vacuum does not keep up with transaction ids",
      severity: "warning",
      says: /database postgres: age 1\d\d,\d{3} .*autovacuum should act at 100,000/s,
      remedy: /vacuum \(freeze, verbose\)/,
    }),
  ),
];

const USED_IDS = 160_000;

/** Examines while a transaction is open that used up many ids: as long as it lasts, none of them is taken back. */
function burnt(fault: NeglectedServer): NeglectedServer {
  return {
    ...fault,
    async examine(clinic) {
      const { url } = await server!;
      const client = new pg.Client(url);
      await client.connect();
      try {
        await client.query("begin");
        await client.query(`
          create temp table burnt (id int) on commit drop;
          do $$ begin
            for n in 1..${USED_IDS} loop
              -- Each block is a subtransaction, and each that writes takes an id.
              begin insert into burnt values (n); exception when division_by_zero then null; end;
            end loop;
          end $$`);
        return await fault.examine(clinic);
      } finally {
        await client.end();
      }
    },
  };
}
