export interface SlotsOfModule {
  readonly module: string;
  readonly weight: number;
  readonly queues: Readonly<Record<string, { readonly concurrency: number }>>;
}

interface Share {
  readonly weight: number;
  /** Slots it is entitled to when all are wanted. */
  readonly fair: number;
  readonly concurrency: ReadonlyMap<string, number>;
  readonly running: Map<string, number>;
  total: number;
}

/**
 * Who may run how much at once on one instance. A module may use what the others leave, but
 *
 * - a module of which nothing runs can start one job at once, whatever the others do;
 * - a module beyond its share leaves one slot free for every module below its own;
 * - no queue runs more than its concurrency.
 */
export class Slots {
  /** At least one for each module. */
  readonly size: number;
  readonly #shares = new Map<string, Share>();
  #taken = 0;
  #idleModules: number;

  constructor(size: number, modules: readonly SlotsOfModule[]) {
    this.size = Math.max(size, modules.length, 1);
    const fair = fairShares(
      this.size,
      modules.map(({ weight }) => weight),
    );
    for (const [index, { module, weight, queues }] of modules.entries()) {
      const concurrency = new Map(
        Object.entries(queues).map(([queue, policy]) => [queue, policy.concurrency]),
      );
      this.#shares.set(module, { weight, fair: fair[index]!, concurrency, running: new Map(), total: 0 });
    }
    this.#idleModules = modules.length;
  }

  get taken(): number {
    return this.#taken;
  }

  runningIn(module: string, queue: string): number {
    return this.#shareOf(module).running.get(queue) ?? 0;
  }

  /** How far a module has used its share; of several that want a slot, the smallest goes first. */
  usage(module: string): number {
    const share = this.#shareOf(module);
    return share.total / share.weight;
  }

  canTake(module: string, queue: string): boolean {
    const share = this.#shareOf(module);
    if ((share.running.get(queue) ?? 0) >= (share.concurrency.get(queue) ?? 0)) return false;
    return this.#freeFor(share) > 0;
  }

  /** How many jobs of the queue could start now. */
  room(module: string, queue: string): number {
    const share = this.#shareOf(module);
    const ofQueue = (share.concurrency.get(queue) ?? 0) - (share.running.get(queue) ?? 0);
    return Math.max(0, Math.min(ofQueue, this.#freeFor(share)));
  }

  take(module: string, queue: string): void {
    const share = this.#shareOf(module);
    if (share.total === 0) this.#idleModules--;
    share.total++;
    share.running.set(queue, (share.running.get(queue) ?? 0) + 1);
    this.#taken++;
  }

  give(module: string, queue: string): void {
    const share = this.#shareOf(module);
    share.total--;
    if (share.total === 0) this.#idleModules++;
    share.running.set(queue, (share.running.get(queue) ?? 0) - 1);
    this.#taken--;
  }

  #freeFor(share: Share): number {
    const free = this.size - this.#taken;
    const otherIdle = this.#idleModules - (share.total === 0 ? 1 : 0);
    const withinShare = Math.min(share.fair - share.total, free - otherIdle);
    let otherBelow = 0;
    for (const other of this.#shares.values()) if (other !== share && other.total < other.fair) otherBelow++;
    return Math.max(0, withinShare, free - otherBelow);
  }

  #shareOf(module: string): Share {
    const share = this.#shares.get(module);
    if (share === undefined) throw new RangeError(`There are no slots for module ${module}.`);
    return share;
  }
}

/** Splits `size` by weight: one for each at least, the rest by the largest remainder, all of it handed out. */
function fairShares(size: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const rest = size - weights.length;
  const exact = weights.map((weight) => (rest * weight) / sum);
  const shares = exact.map((share) => 1 + Math.floor(share));
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  let left = size - shares.reduce((total, share) => total + share, 0);
  for (const { index } of byRemainder) {
    if (left <= 0) break;
    shares[index]!++;
    left--;
  }
  return shares;
}
