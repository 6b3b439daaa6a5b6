import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Sign } from "../firing.ts";
import { CannotLook, type DatabaseCheck } from "../firing-check.ts";
import type { LookSession } from "../look-session.ts";

export interface DiskSpace {
  readonly free: number;
  readonly size: number;
}

export interface DiskLimits {
  /** Asks the file system; to be replaced where the disk is measured otherwise. */
  readonly space?: (directory: string) => Promise<DiskSpace>;
  /** Share of the disk. Default 0.1. */
  readonly warningShare?: number;
}

const GIB = 1024 ** 3;
const SEVERE_SHARE = 0.03;
const SEVERE_BYTES = GIB / 2;
const SOON_MS = 24 * 3_600_000;
const SPANS_MS = 600_000;

/**
 * How much room the database has left. Of a database on this machine, such as the embedded one, the file system says
 * it. A database elsewhere shows nobody its disk through SQL: then the check says that it cannot look.
 */
export function diskSpace(limits: DiskLimits = {}): DatabaseCheck {
  const { space = spaceOf, warningShare = 0.1 } = limits;
  const seen: { at: number; free: number }[] = [];
  return {
    id: "disk-space",
    holds: "The disk of the database has room",
    of: "database",
    patience: { bad: 1, of: 2 },
    everyMs: 30_000,
    async look(session, { now }) {
      const directory = await localDirectory(session);
      const { free, size } = await space(directory);
      const at = now();
      while (seen.length > 1 && seen[1]!.at <= at - SPANS_MS) seen.shift();
      seen.push({ at, free });
      const fullInMs = timeToFull(seen[0]!, { at, free });
      const isSevere = free < SEVERE_SHARE * size || free < SEVERE_BYTES;
      const isLow = isSevere || free < warningShare * size;
      if (!isLow && (fullInMs === null || fullInMs > SOON_MS)) return [];
      const [database] = await session.rows<{ size: string }>(
        "select pg_size_pretty(pg_database_size(current_database())) as size",
      );
      const sign: Sign = {
        subject: "",
        severity: isSevere ? "error" : "warning",
        title: isLow ? "The disk of the database is nearly full" : "The disk of the database fills up fast",
        evidence: [
          `${gib(free)} of ${gib(size)} are free where ${directory} is`,
          ...(fullInMs === null
            ? []
            : [`at the pace of the last minutes it is full in ${inWords(fullInMs)}`]),
          `the database itself takes ${database!.size}`,
        ],
        module: null,
        actions: [
          { does: "See which tables are largest", sql: LARGEST },
          {
            does: "See whether a replication slot keeps WAL for nobody",
            command: "ashlar doctor --only replication-slots",
          },
        ],
      };
      return [sign];
    },
  };
}

const LARGEST =
  "select relid::regclass as table, pg_size_pretty(pg_total_relation_size(relid)) as size " +
  "from pg_stat_user_tables order by pg_total_relation_size(relid) desc limit 10;";

/** Of the disk that a database on this machine is on. Throws CannotLook for any other. */
export async function databaseDisk(session: Pick<LookSession, "host" | "rows">): Promise<DiskSpace> {
  return await spaceOf(await localDirectory(session));
}

async function localDirectory(session: Pick<LookSession, "host" | "rows">): Promise<string> {
  const isLocal = ["127.0.0.1", "localhost", "::1"].includes(session.host) || session.host.startsWith("/");
  const why =
    "the disk of a database on another machine shows only there: watch it with what the provider offers";
  if (!isLocal) throw new CannotLook(why);
  const [row] = await session.rows<{ directory: string | null }>(
    // Has no row for those who may not know; current_setting() would fail.
    "select setting as directory from pg_settings where name = 'data_directory'",
  );
  const directory = row?.directory ?? "";
  // A tunnel or a container may make a server of another machine look like one of this.
  if (directory === "" || !existsSync(join(directory, "PG_VERSION"))) throw new CannotLook(why);
  return directory;
}

async function spaceOf(directory: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(directory);
  return { free: bavail * bsize, size: blocks * bsize };
}

function timeToFull(then: { at: number; free: number }, now: { at: number; free: number }): number | null {
  const passed = now.at - then.at;
  // A minute of writing says nothing about a day.
  if (passed < SPANS_MS / 2 || now.free >= then.free) return null;
  return (now.free * passed) / (then.free - now.free);
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}

function inWords(ms: number): string {
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} minutes` : `${Math.round(ms / 3_600_000)} hours`;
}
