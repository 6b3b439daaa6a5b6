import type { Firing, Sign } from "./firing.ts";
import { runbookOf } from "./firing.ts";
import type { Patience } from "./firing-check.ts";

export const DEFAULT_PATIENCE: Patience = { bad: 2, of: 3 };

interface Track {
  /** Of the last looks, the newest first: when it was bad, or null. */
  readonly looks: (number | null)[];
  firing: Firing | null;
  sign: Sign;
}

export interface Turn {
  readonly started: readonly Firing[];
  /** Those that went on, with what the last look saw. */
  readonly renewed: readonly Firing[];
  readonly ended: readonly Firing[];
}

/** What one check has seen of late, and which of it fires. Looks that could not be made leave it as it is. */
export class FiringTrack {
  readonly #check: string;
  readonly #patience: Patience;
  readonly #tracks = new Map<string, Track>();

  constructor(check: string, patience: Patience = DEFAULT_PATIENCE) {
    this.#check = check;
    this.#patience = patience;
  }

  get firing(): Firing[] {
    return [...this.#tracks.values()].flatMap(({ firing }) => firing ?? []);
  }

  /** Goes on with what fired before this process started. */
  resume(firing: Firing): void {
    const looks = Array<number | null>(this.#patience.of).fill(null);
    looks[0] = firing.seenAt;
    this.#tracks.set(firing.subject, { looks, firing, sign: firing });
  }

  /** Takes in what a look at `at` saw. */
  take(signs: readonly Sign[], at: number): Turn {
    const turn = { started: [] as Firing[], renewed: [] as Firing[], ended: [] as Firing[] };
    const seen = new Map(signs.map((sign) => [sign.subject, sign]));
    for (const subject of new Set([...this.#tracks.keys(), ...seen.keys()])) {
      this.#note(subject, seen.get(subject) ?? null, at, turn);
    }
    return turn;
  }

  #note(
    subject: string,
    sign: Sign | null,
    at: number,
    turn: { started: Firing[]; renewed: Firing[]; ended: Firing[] },
  ): void {
    const track = this.#tracks.get(subject) ?? { looks: [], firing: null, sign: sign! };
    this.#tracks.set(subject, track);
    track.looks.unshift(sign === null ? null : at);
    track.looks.length = Math.min(track.looks.length, this.#patience.of);
    if (sign !== null) track.sign = sign;
    const bad = track.looks.filter((time) => time !== null);
    if (track.firing === null && bad.length >= this.#patience.bad) {
      track.firing = { ...this.#fired(track.sign), since: Math.min(...bad), seenAt: at };
      turn.started.push(track.firing);
    } else if (track.firing !== null && bad.length === 0) {
      turn.ended.push({ ...track.firing, endedAt: at });
      this.#tracks.delete(subject);
    } else if (track.firing !== null && sign !== null) {
      track.firing = { ...this.#fired(sign), since: track.firing.since, seenAt: at };
      turn.renewed.push(track.firing);
    } else if (bad.length === 0) {
      this.#tracks.delete(subject);
    }
  }

  #fired(sign: Sign): Omit<Firing, "since" | "seenAt"> {
    return { ...sign, check: this.#check, endedAt: null, runbook: runbookOf(this.#check) };
  }
}
