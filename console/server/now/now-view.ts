import type { Firing, Health } from "ashlar/health";
import { Activity, type ActivityStep, Instances } from "ashlar/module";
import type { AffectedRoute, Change, FiringView, Now, NowNumbers } from "../../api/now.ts";
import { changeOfAction, changesOfMigrations, changesOfStarts, latestFirst } from "../deploys/changes.ts";
import { readMigrations } from "../deploys/migrations.ts";
import { readOperatorActions } from "../deploys/operator-actions.ts";
import type { Ground } from "../ground.ts";
import { affectedRoutes, blastOf } from "./blast.ts";
import { readEndedFirings } from "./ended-firings.ts";
import { KnownPart } from "./known-part.ts";
import { placeOf, placeOfAction } from "./places.ts";
import { trafficNumbers, trafficPeriod, trafficSeries } from "./traffic.ts";
import { readWaitingJobs } from "./waiting-jobs.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const READ_LIMIT_MS = 1_500;
const MOST_CHANGES = 50;
const MOST_RECENT = 50;
/** A change is suspected of what begins within this after it. */
const SUSPECT_MS = HOUR_MS / 2;
/** What counts the routes looks no further back than this. */
const LONGEST_BLAST_MS = HOUR_MS / 2;

/**
 * What an operator has to know first. The monitor is asked in memory; all else is in parts of which each is remembered
 * and may fail alone, so there is an answer while the database is away.
 */
export class NowView {
  readonly #ground: Ground;
  readonly #starts: KnownPart<Change[]>;
  readonly #migrations: KnownPart<Change[]>;
  readonly #actions: KnownPart<Change[]>;
  readonly #ended: KnownPart<Firing[]>;
  readonly #traffic: KnownPart<ActivityStep[]>;
  readonly #jobs: KnownPart<Awaited<ReturnType<typeof readWaitingJobs>>>;
  readonly #routes: KnownPart<AffectedRoute[]>;

  constructor(ground: Ground) {
    this.#ground = ground;
    const { now, log } = ground;
    const deadline = () => Date.now() + READ_LIMIT_MS;
    const reads = {
      execute: <Row>(statement: Parameters<Ground["execute"]>[0]) =>
        ground.execute<Row>(statement, deadline()),
    };
    const activity = new Activity(reads);
    const instances = new Instances(reads);
    const ofDay = () => ({ since: now() - DAY_MS, limit: MOST_CHANGES });
    this.#starts = new KnownPart({
      what: "which instances started",
      everyMs: 5_000,
      now,
      log,
      read: async () => changesOfStarts(await instances.starts(ofDay())),
    });
    this.#migrations = new KnownPart({
      what: "which migrations ran",
      everyMs: 15_000,
      now,
      log,
      read: async () =>
        changesOfMigrations(await readMigrations(ground, { ...ofDay(), limit: 500 }, deadline())),
    });
    this.#actions = new KnownPart({
      what: "what operators did",
      everyMs: 4_000,
      now,
      log,
      read: async () => (await readOperatorActions(ground, ofDay(), deadline())).map(changeOfAction),
    });
    this.#ended = new KnownPart({
      what: "what ended",
      everyMs: 10_000,
      now,
      log,
      read: () => readEndedFirings(ground, now() - DAY_MS, deadline()),
    });
    this.#traffic = new KnownPart({
      what: "the traffic",
      everyMs: 8_000,
      now,
      log,
      read: () => activity.series({ kind: "request", ...trafficPeriod(now()), stepMs: MINUTE_MS }),
    });
    this.#jobs = new KnownPart({
      what: "how many jobs wait",
      everyMs: 8_000,
      now,
      log,
      read: () => readWaitingJobs(ground, deadline()),
    });
    this.#routes = new KnownPart({
      what: "which routes suffer",
      everyMs: 15_000,
      now,
      log,
      read: async () => {
        const since = this.#beginning();
        const until = now();
        const [after, before] = await Promise.all([
          activity.totals({ kind: "request", from: since, until }),
          activity.totals({ kind: "request", from: since - LONGEST_BLAST_MS, until: since - MINUTE_MS }),
        ]);
        return affectedRoutes({ since: after, before });
      },
    });
  }

  async read(): Promise<Now> {
    const health = this.#ground.monitor.now();
    const asked = [
      this.#starts,
      this.#migrations,
      this.#actions,
      this.#ended,
      this.#traffic,
      this.#jobs,
      ...(health.firing.length === 0 ? [] : [this.#routes]),
    ];
    await Promise.all(asked.map((part) => part.refresh()));
    const changes = latestFirst(
      ...[this.#starts, this.#migrations, this.#actions].map(({ value }) => value ?? []),
    ).slice(0, MOST_CHANGES);
    const steps = this.#traffic.value;
    return {
      state: stateOf(health),
      firing: health.firing.map((firing) => this.#view(firing, health.firing, changes)),
      recent: this.#recent().map((firing) => this.#view(firing, [], changes)),
      blind: health.blind,
      quiet: health.quiet.length,
      lookedAt: health.lookedAt,
      changes,
      traffic: trafficSeries(steps ?? []),
      numbers: this.#numbers(),
      unknown: asked.flatMap(({ what, failure }) =>
        failure === null ? [] : [{ what, since: failure.since, reason: failure.reason }],
      ),
    };
  }

  #view(firing: Firing, all: readonly Firing[], changes: readonly Change[]): FiringView {
    const { check, subject, severity, title, evidence, module, since, seenAt, endedAt, runbook, actions } =
      firing;
    const affected = endedAt === null ? (this.#routes.value ?? []) : [];
    return {
      check,
      subject,
      severity,
      title,
      evidence,
      module,
      since: Math.round(since),
      seenAt: Math.round(seenAt),
      endedAt: endedAt === null ? null : Math.round(endedAt),
      actions: actions.map((action) => ({
        does: action.does,
        command: action.command ?? null,
        sql: action.sql ?? null,
        place: placeOfAction(firing, action),
      })),
      place: placeOf(firing),
      runbook,
      blast: blastOf(firing, all, affected, this.#ground.description.modules),
      suspect: changes.find(({ at }) => at <= since && at >= since - SUSPECT_MS) ?? null,
    };
  }

  /** What the table tells of all instances, and what only this process saw. */
  #recent(): Firing[] {
    const kept = this.#ended.value ?? [];
    const from = this.#ground.now() - DAY_MS;
    const own = this.#ground.monitor
      .history()
      .filter(({ endedAt }) => endedAt !== null && endedAt >= from)
      .filter((each) => !kept.some((other) => isSame(each, other)));
    return [...kept, ...own].sort((one, other) => other.endedAt! - one.endedAt!).slice(0, MOST_RECENT);
  }

  #numbers(): NowNumbers {
    const steps = this.#traffic.value;
    const jobs = this.#jobs.value;
    return {
      ...(steps === null
        ? { requestsPerSecond: null, errorShare: null, p99Ms: null }
        : trafficNumbers(steps)),
      jobsReady: jobs?.ready ?? null,
      isJobsReadyAtLeast: jobs?.isReadyAtLeast ?? false,
      deadLetters: jobs?.dead ?? null,
      isDeadLettersAtLeast: jobs?.isDeadAtLeast ?? false,
    };
  }

  /** Of what fires: that of the first, unless it is long ago. */
  #beginning(): number {
    const now = this.#ground.now();
    const [first] = this.#ground.monitor.now().firing;
    return Math.max(first?.since ?? now, now - LONGEST_BLAST_MS);
  }
}

function isSame(one: Firing, other: Firing): boolean {
  return (
    one.check === other.check &&
    one.subject === other.subject &&
    Math.abs(one.since - other.since) < MINUTE_MS
  );
}

function stateOf({ firing, blind, lookedAt }: Health): Now["state"] {
  for (const severity of ["error", "warning", "note"] as const) {
    if (firing.some((each) => each.severity === severity)) return severity;
  }
  return blind.length > 0 || lookedAt === null ? "blind" : "well";
}
