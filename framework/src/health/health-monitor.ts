import { setTimeout as delay } from "node:timers/promises";
import type { ConnectionAddress } from "../postgres/index.ts";
import { databaseReachable, unreachableSign } from "./checks/database-reachable.ts";
import type { Firing, Sign } from "./firing.ts";
import type { AnyFiringCheck, Scene } from "./firing-check.ts";
import { FiringTable } from "./firing-table.ts";
import { FiringTrack, type Turn } from "./firing-track.ts";
import { inTime, NoAnswer, reasonOf } from "./look-deadline.ts";
import { type LookSession, LookSessions } from "./look-session.ts";

export interface HealthMonitorParts {
  readonly scene: Scene;
  readonly checks: readonly AnyFiringCheck[];
  /** Of an administrator, or of a login with pg_monitor; what others do is hidden from anybody else. */
  readonly url: string | ConnectionAddress;
  /** From the end of a round to the start of the next one. Default 10,000. */
  readonly intervalMs?: number;
  /** Of one look. Default 2,000. */
  readonly lookDeadlineMs?: number;
  /** Hears of what started and what ended, once each. What it throws is its own affair. */
  readonly onChange?: (turn: Pick<Turn, "started" | "ended">) => void;
}

/** What a check cannot say, and since when. */
export interface Blind {
  readonly check: string;
  readonly reason: string;
  /** Milliseconds of the epoch. */
  readonly since: number;
}

export interface Health {
  /** In the order of their start: the first one is most likely the cause. */
  readonly firing: readonly Firing[];
  readonly blind: readonly Blind[];
  /** Ids of the checks that looked and see nothing. */
  readonly quiet: readonly string[];
  /** When the last round ended; null before the first one. */
  readonly lookedAt: number | null;
  readonly tookMs: number;
}

const INTERVAL_MS = 10_000;
const LOOK_DEADLINE_MS = 2_000;
const HISTORY = 500;
const NOTHING: Turn = { started: [], renewed: [], ended: [] };

/**
 * Makes the firing checks of an app, round after round, on a session of its own. Never throws: a look that fails says
 * that it could not look, and what fired before goes on firing. It reads only, and does nothing about what it sees.
 */
export class HealthMonitor {
  readonly #parts: HealthMonitorParts;
  readonly #sessions: LookSessions;
  readonly #table: FiringTable;
  readonly #tracks = new Map<string, FiringTrack>();
  readonly #blind = new Map<string, Blind>();
  readonly #looked = new Map<string, number>();
  readonly #history: Firing[] = [];
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;
  #round: Promise<void> = Promise.resolve();
  /** What of the round is to be kept over a restart. */
  #turn: Turn = NOTHING;
  #hasResumed = false;
  #lookedAt: number | null = null;
  #tookMs = 0;

  constructor(parts: HealthMonitorParts) {
    this.#parts = parts;
    this.#sessions = new LookSessions(parts.url, parts.scene.app);
    this.#table = new FiringTable(this.#sessions);
    for (const { id, patience } of [databaseReachable, ...parts.checks]) {
      this.#tracks.set(id, new FiringTrack(id, patience));
    }
  }

  /** Looks at once and from then on every `intervalMs`, until `stop`. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the round that is under way and closes the session. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#round;
    await this.#sessions.stop();
  }

  /** Makes one round; those asked for at the same time run one after the other. Never rejects. */
  look(): Promise<void> {
    this.#round = this.#round.then(() => this.#makeRound()).catch(() => {});
    return this.#round;
  }

  /** What fires, as of the last round. Asks nobody, so it answers while the database does not. */
  now(): Health {
    const firing = [...this.#tracks.values()].flatMap((track) => track.firing);
    const loud = new Set([...firing.map(({ check }) => check), ...this.#blind.keys()]);
    return {
      firing: firing.sort((one, other) => one.since - other.since),
      blind: [...this.#blind.values()],
      quiet: [...this.#looked.keys()].filter((id) => !loud.has(id)),
      lookedAt: this.#lookedAt,
      tookMs: this.#tookMs,
    };
  }

  /** Firings that ended, the latest first; as many as memory is given to. */
  history(): readonly Firing[] {
    return this.#history.toReversed();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.look();
      const pause = delay(this.#parts.intervalMs ?? INTERVAL_MS, undefined, { signal, ref: false });
      await pause.catch(() => {});
    }
  }

  async #makeRound(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const started = performance.now();
    const { checks, scene } = this.#parts;
    const due = checks.filter(({ id, everyMs = 0 }) => {
      const last = this.#looked.get(id);
      return last === undefined || this.#blind.has(id) || scene.now() - last >= everyMs;
    });
    for (const check of due) {
      if (check.of === "process") await this.#look(check.id, async () => await check.look(scene));
    }
    await this.#lookAtDatabase(due);
    this.#tookMs = performance.now() - started;
    this.#lookedAt = scene.now();
  }

  async #lookAtDatabase(due: readonly AnyFiringCheck[]): Promise<void> {
    const { scene } = this.#parts;
    let failure: unknown = null;
    try {
      await this.#inTime(this.#sessions.open());
    } catch (error) {
      failure = error;
    }
    if (failure === null) await this.#resume();
    this.#turn = NOTHING;
    for (const check of due) {
      if (check.of !== "database") continue;
      if (failure !== null) {
        this.#beBlind(check.id, `the database does not answer: ${reasonOf(failure)}`);
        continue;
      }
      const look = (session: LookSession) => check.look(session, scene);
      const lost = await this.#look(check.id, () => this.#sessions.look(look));
      // Without an answer to one, the others would each wait for theirs.
      if (lost instanceof NoAnswer) failure = lost;
    }
    if (failure === null) await this.#keep();
    await this.#look(databaseReachable.id, async () => (failure === null ? [] : [unreachableSign(failure)]));
  }

  /** Resolves with what kept it from looking, or null. */
  async #look(id: string, look: () => Promise<readonly Sign[]>): Promise<unknown> {
    const at = this.#parts.scene.now();
    try {
      const signs = await this.#inTime(look());
      this.#blind.delete(id);
      this.#looked.set(id, at);
      this.#take(id, this.#tracks.get(id)!.take(signs, at));
      return null;
    } catch (error) {
      if (error instanceof NoAnswer) await this.#sessions.drop();
      this.#beBlind(id, reasonOf(error));
      return error;
    }
  }

  #take(id: string, turn: Turn): void {
    this.#history.push(...turn.ended);
    this.#history.splice(0, this.#history.length - HISTORY);
    if (turn.started.length + turn.ended.length > 0) {
      try {
        this.#parts.onChange?.(turn);
      } catch {
        // A listener must not end the looking.
      }
    }
    // What only this process sees is over when it ends.
    if (!this.#isOfDatabase(id)) return;
    const { started, renewed, ended } = this.#turn;
    this.#turn = {
      started: [...started, ...turn.started],
      renewed: [...renewed, ...turn.renewed],
      ended: [...ended, ...turn.ended],
    };
  }

  async #resume(): Promise<void> {
    if (this.#hasResumed) return;
    try {
      for (const firing of await this.#inTime(this.#table.read())) {
        if (this.#isOfDatabase(firing.check)) this.#tracks.get(firing.check)?.resume(firing);
      }
      this.#hasResumed = true;
    } catch (error) {
      if (error instanceof NoAnswer) await this.#sessions.drop();
    }
  }

  /** What cannot be written now is seen again in the next round, but for an end, which `read` finds to be stale. */
  async #keep(): Promise<void> {
    try {
      await this.#inTime(this.#table.keep(this.#turn));
    } catch (error) {
      if (error instanceof NoAnswer) await this.#sessions.drop();
    }
  }

  #isOfDatabase(id: string): boolean {
    return this.#parts.checks.some((check) => check.id === id && check.of === "database");
  }

  #beBlind(check: string, reason: string): void {
    const since = this.#blind.get(check)?.since ?? this.#parts.scene.now();
    this.#blind.set(check, { check, reason, since });
  }

  #inTime<Seen>(work: Promise<Seen>): Promise<Seen> {
    return inTime(work, this.#parts.lookDeadlineMs ?? LOOK_DEADLINE_MS);
  }
}
