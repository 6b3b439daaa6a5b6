import type { ClaimedJob } from "../attempt.ts";
import {
  type Applicant,
  type Decision,
  decideAdmission,
  type GateStates,
  type RateState,
} from "./admission.ts";
import { headsText, heldText, insideText, lockText, writeText } from "./admission-texts.ts";
import { limitsOf, unpark } from "./gates.ts";
import { type Execute, type StoreParts, together } from "./store-parts.ts";

/**
 * Those of the claimed jobs that may start, in their order. The others are parked: they are not held any more, and
 * become available when there is room for them, or at a time. Jobs without limits cost nothing.
 */
export async function admit(
  parts: StoreParts,
  worker: number,
  jobs: readonly ClaimedJob[],
): Promise<readonly ClaimedJob[]> {
  const gated = jobs.filter(isGated);
  if (gated.length === 0) return jobs;
  const admitted = new Set(await together(parts, (execute) => admitGated(parts, execute, worker, gated)));
  return jobs.filter((job) => !isGated(job) || admitted.has(job.id));
}

function isGated({ limitKey, rateKey, orderKey }: ClaimedJob): boolean {
  return limitKey !== null || rateKey !== null || orderKey !== null;
}

async function admitGated(
  parts: StoreParts,
  execute: Execute,
  worker: number,
  gated: readonly ClaimedJob[],
): Promise<readonly number[]> {
  const rates = ratesOf(parts, gated);
  const limits = limitsOf(parts, gated);
  const turns = [...new Set(gated.flatMap(({ orderKey }) => (orderKey === null ? [] : [orderKey])))].sort();
  // Sorted, as everybody locks them, or two admissions could wait for each other.
  const keys = [...limits.keys(), ...rates.keys(), ...turns].sort();
  const locked = execute<LockedGate>({
    text: lockText(parts.schema),
    values: [keys, keys.map((key) => limits.get(key) ?? rates.get(key)?.maximum ?? 1)],
  });
  // Sent without waiting: they run after the locks are taken, and see what others did before that.
  const inside = execute<Inside>({ text: insideText(parts.schema), values: [keys, parts.clock()] });
  const heads = turns.length === 0 ? null : execute<Head>({ text: headsText(parts.schema), values: [turns] });
  const held = execute<{ id: number }>({
    text: heldText(parts.schema),
    values: [gated.map(({ id }) => id), worker],
  });
  const [gates, counts, lines, rows] = await Promise.all([locked, inside, heads, held]);
  const states = statesOf(limits, rates, gates.rows, counts.rows, lines?.rows ?? []);
  const mine = new Set(rows.rows.map(({ id }) => id));
  const applicants: readonly Applicant[] = gated.filter(({ id }) => mine.has(id));
  const decision = decideAdmission(applicants, states);
  await write(parts, execute, worker, gated, decision);
  await passOn(parts, execute, gated, limits, states, decision);
  return decision.admitted;
}

type Rates = ReadonlyMap<string, { readonly maximum: number; readonly perMs: number }>;

function ratesOf(parts: StoreParts, jobs: readonly ClaimedJob[]): Rates {
  const rates = new Map<string, { maximum: number; perMs: number }>();
  for (const { kind, rateKey } of jobs) {
    const rate = rateKey === null ? undefined : parts.gates.rate(kind);
    if (rate !== undefined) rates.set(rateKey as string, rate);
  }
  return rates;
}

interface LockedGate {
  readonly key: string;
  readonly arrivalMs: number | null;
  readonly waitingUntilMs: number | null;
}

interface Inside {
  readonly key: string;
  readonly inside: number;
  readonly nowMs: number;
}

interface Head {
  readonly key: string;
  /** Null when it is locked just now. */
  readonly head: number | null;
}

function statesOf(
  limits: ReadonlyMap<string, number>,
  rates: Rates,
  gates: readonly LockedGate[],
  counts: readonly Inside[],
  heads: readonly Head[],
): GateStates {
  const inside = new Map(counts.map((row) => [row.key, row.inside]));
  const gate = new Map(gates.map((row) => [row.key, row]));
  return {
    nowMs: counts[0]?.nowMs ?? 0,
    limits: new Map([...limits].map(([key, maximum]) => [key, { maximum, inside: inside.get(key) ?? 0 }])),
    rates: new Map(
      [...rates].map(([key, rate]): [string, RateState] => [
        key,
        {
          ...rate,
          arrivalMs: gate.get(key)?.arrivalMs ?? null,
          waitingUntilMs: gate.get(key)?.waitingUntilMs ?? null,
        },
      ]),
    ),
    turns: new Map(heads.map(({ key, head }) => [key, { head, inside: inside.get(key) ?? 0 }])),
  };
}

async function write(
  parts: StoreParts,
  execute: Execute,
  worker: number,
  gated: readonly ClaimedJob[],
  { admitted, parked, rates }: Decision,
): Promise<void> {
  const isAdmitted = new Set(admitted);
  const permits = gated.flatMap(({ id, limitKey, orderKey }) =>
    isAdmitted.has(id) ? [limitKey, orderKey].flatMap((key) => (key === null ? [] : [{ key, id }])) : [],
  );
  await execute({
    text: writeText(parts.schema),
    values: [
      worker,
      permits.map(({ key }) => key),
      permits.map(({ id }) => id),
      [...rates.keys()],
      [...rates.values()].map(({ arrivalMs }) => arrivalMs),
      [...rates.values()].map(({ waitingUntilMs }) => waitingUntilMs),
      parked.map(({ id }) => id),
      parked.map(({ untilMs }) => untilMs),
    ],
  });
}

/**
 * A job that was called to a place but has to wait for something else leaves the place to the next one. Only jobs
 * that can take it are called, so this comes to an end.
 */
async function passOn(
  parts: StoreParts,
  execute: Execute,
  gated: readonly ClaimedJob[],
  limits: ReadonlyMap<string, number>,
  states: GateStates,
  { admitted, parked }: Decision,
): Promise<void> {
  const isParked = new Set(parked.map(({ id }) => id));
  const isAdmitted = new Set(admitted);
  const open = new Map<string, number>();
  for (const { id, limitKey } of gated) {
    const state = limitKey === null ? undefined : states.limits.get(limitKey);
    if (state === undefined || !isParked.has(id)) continue;
    const entered = gated.filter((job) => job.limitKey === limitKey && isAdmitted.has(job.id)).length;
    if (state.inside + entered < state.maximum) open.set(limitKey!, limits.get(limitKey!)!);
  }
  await unpark(parts, execute, open, []);
}
