import { statement } from "../postgres/index.ts";
import type { Reads } from "./activity.ts";
import { HEARTBEAT_MS } from "./instance-table.ts";

/** A process that runs, or ran, the app. Moments are milliseconds of the epoch. */
export interface Instance {
  readonly id: string;
  readonly release: string | null;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: number;
  readonly seenAt: number;
  readonly stoppedAt: number | null;
  /** `gone`: not seen for a while and never stopped. It was killed, or hangs. */
  readonly state: "running" | "stopped" | "gone";
}

/** What ran under one release. */
export interface Release {
  /** null for instances that were told none. */
  readonly release: string | null;
  readonly firstAt: number;
  readonly lastSeenAt: number;
  readonly instances: number;
  readonly running: number;
}

/** An instance that started. */
export interface InstanceStart {
  readonly at: number;
  readonly release: string | null;
  readonly host: string;
  readonly pid: number;
  /** Of the one that started before it; null when it was told none. */
  readonly previousRelease: string | null;
  /** It is of another release than the one before, or the first of all. */
  readonly isDeploy: boolean;
}

/** An instance that was not seen for so long is gone. */
export const GONE_AFTER_MS = 3 * HEARTBEAT_MS;

/** Reads which processes run the app, and ran it within the last 90 days. */
export class Instances {
  readonly #reads: Reads;

  constructor(reads: Reads) {
    this.#reads = reads;
  }

  /** Those that run first, then the latest; at most so many of those that started since. */
  async list({ since, limit }: { readonly since: number; readonly limit: number }): Promise<Instance[]> {
    const { rows } = await this.#reads.execute<Instance>(statement`
      select id::text as id, release, host, pid, extract(epoch from started_at)::float8 * 1000 as "startedAt",
        extract(epoch from seen_at)::float8 * 1000 as "seenAt",
        extract(epoch from stopped_at)::float8 * 1000 as "stoppedAt", state
      from (
        select *, case when stopped_at is not null then 'stopped'
            when seen_at < now() - make_interval(secs => ${GONE_AFTER_MS / 1000}::float8) then 'gone'
            else 'running' end as state
        from ashlar.instances where started_at >= to_timestamp(${since / 1000}::float8)
          or (stopped_at is null and seen_at >= now() - make_interval(secs => ${GONE_AFTER_MS / 1000}::float8))
      ) as i
      order by state = 'running' desc, started_at desc limit ${limit}::integer`);
    return rows;
  }

  /** The latest first. */
  async releases({ limit }: { readonly limit: number }): Promise<Release[]> {
    const { rows } = await this.#reads.execute<Release>(statement`
      select release, extract(epoch from min(started_at))::float8 * 1000 as "firstAt",
        extract(epoch from max(coalesce(stopped_at, seen_at)))::float8 * 1000 as "lastSeenAt",
        count(*)::integer as instances,
        (count(*) filter (where stopped_at is null
          and seen_at >= now() - make_interval(secs => ${GONE_AFTER_MS / 1000}::float8)))::integer as running
      from ashlar.instances group by release order by min(started_at) desc limit ${limit}::integer`);
    return rows;
  }

  /** The latest first. */
  async starts({
    since,
    limit,
  }: {
    readonly since: number;
    readonly limit: number;
  }): Promise<InstanceStart[]> {
    const { rows } = await this.#reads.execute<InstanceStart>(statement`
      select extract(epoch from i.started_at)::float8 * 1000 as at, i.release, i.host, i.pid,
        before.release as "previousRelease",
        before.started_at is null or before.release is distinct from i.release as "isDeploy"
      from ashlar.instances i left join lateral (
        select e.release, e.started_at from ashlar.instances e where e.started_at < i.started_at
        order by e.started_at desc limit 1
      ) before on true
      where i.started_at >= to_timestamp(${since / 1000}::float8)
      order by i.started_at desc limit ${limit}::integer`);
    return rows;
  }
}
