import { randomUUID } from "node:crypto";
import type { Times, Webhook } from "./configuration.ts";
import { pause } from "./pause.ts";
import { RecordFile } from "./record-file.ts";
import { Refused } from "./refused.ts";
import { behaviourOf } from "./test-cards.ts";
import {
  type Capture,
  type CaptureRequest,
  type NoticeSeries,
  notice,
  type Refund,
  type RefundRequest,
} from "./transaction.ts";

/** One line of the state file. A transaction and its notices are one line, so that neither is there without the other. */
type StateRecord =
  | ({
      readonly kind: "capture";
      readonly key: string;
      readonly request: string;
      readonly result: Capture;
    } & NoticeSeries)
  | ({
      readonly kind: "refund";
      readonly key: string;
      readonly request: string;
      readonly result: Refund;
    } & NoticeSeries)
  | { readonly kind: "accepted"; readonly notice: string }
  | { readonly kind: "webhook"; readonly webhook: Webhook };

/** All that happened, in memory and in the state file. Everything it answers is on disk. */
export class Transactions {
  readonly #file: RecordFile<StateRecord>;
  readonly #times: Times;
  readonly #byKey = new Map<string, { request: string; result: Capture | Refund }>();
  /** Under way, so that a repetition waits for the first instead of capturing again. */
  readonly #running = new Map<string, { request: string; result: Promise<Capture | Refund> }>();
  readonly #captures = new Map<string, Capture>();
  readonly #byReference = new Map<string, Capture[]>();
  readonly #refunded = new Map<string, number>();
  readonly #moved: (Capture | Refund)[] = [];
  readonly #stopping = new AbortController();
  /** Told of the notices of each new transaction. */
  onNotices: (series: NoticeSeries) => void = () => {};
  /** As last set by a client; survives a restart. */
  webhook: Webhook | null = null;
  /** Those that a run before this one did not get accepted. */
  readonly unaccepted: readonly NoticeSeries[];

  private constructor(file: RecordFile<StateRecord>, records: readonly StateRecord[], times: Times) {
    this.#file = file;
    this.#times = times;
    const accepted = new Set<string>();
    const told: NoticeSeries[] = [];
    for (const record of records) {
      if (record.kind === "accepted") accepted.add(record.notice);
      else if (record.kind === "webhook") this.webhook = record.webhook;
      else {
        this.#remember(record);
        if (record.kind === "refund") this.#reserve(record.result.capture, record.result.amount);
        told.push(record);
      }
    }
    this.unaccepted = told
      .map(({ notices, isRepeated }) => ({
        isRepeated,
        notices: notices.filter(({ id }) => !accepted.has(id)),
      }))
      .filter(({ notices }) => notices.length > 0);
  }

  static async open(path: string, times: Times): Promise<Transactions> {
    const { file, records } = await RecordFile.open<StateRecord>(path);
    return new Transactions(file, records, times);
  }

  /** Captures, or gives the first answer again. `isNew` tells the two apart. */
  capture(key: string, request: CaptureRequest): Promise<{ result: Capture; isNew: boolean }> {
    return this.#once(`capture ${key}`, request, async () => {
      const behaviour = behaviourOf(request.card);
      if (behaviour.isSlow) await pause(this.#times.slowMs, this.#stopping.signal);
      const { reference, amount, currency } = request;
      const { declineReason } = behaviour;
      const result: Capture = {
        id: `cap_${randomUUID()}`,
        reference,
        amount,
        currency,
        state: declineReason === null ? "succeeded" : "declined",
        declineReason,
        createdAt: new Date().toISOString(),
      };
      const notices =
        declineReason === null
          ? [notice("capture.succeeded", result), notice("capture.settled", result)]
          : [notice("capture.declined", result)];
      if (behaviour.reversesNotices) notices.reverse();
      return { kind: "capture", result, notices, isRepeated: behaviour.repeatsNotices };
    }) as Promise<{ result: Capture; isNew: boolean }>;
  }

  /** Gives back some or all of a capture, or gives the first answer again. */
  refund(key: string, request: RefundRequest): Promise<{ result: Refund; isNew: boolean }> {
    return this.#once(`refund ${key}`, request, async () => {
      const capture = this.#captures.get(request.capture);
      if (capture === undefined) throw new Refused(404, "capture_unknown", "There is no such capture.");
      const left = capture.state === "succeeded" ? capture.amount - (this.#refunded.get(capture.id) ?? 0) : 0;
      if (request.amount > left) {
        throw new Refused(409, "amount_too_large", `Of this capture ${left} can be given back.`);
      }
      // Taken before anything is waited for, so that two refunds at once cannot both have it.
      this.#reserve(capture.id, request.amount);
      const result: Refund = {
        id: `ref_${randomUUID()}`,
        capture: capture.id,
        reference: capture.reference,
        amount: request.amount,
        currency: capture.currency,
        state: "succeeded",
        createdAt: new Date().toISOString(),
      };
      return { kind: "refund", result, notices: [notice("refund.succeeded", result)], isRepeated: false };
    }) as Promise<{ result: Refund; isNew: boolean }>;
  }

  /** The captures of a reference, oldest first, declined ones too. */
  capturesOf(reference: string): readonly Capture[] {
    return this.#byReference.get(reference) ?? [];
  }

  /** Money that moved on a day (UTC), oldest first, from behind the transaction `after`. */
  movedOn(day: string, after: string | null, limit: number): readonly (Capture | Refund)[] {
    const ofDay = this.#moved.filter(({ createdAt }) => createdAt.startsWith(day));
    const start = after === null ? 0 : ofDay.findIndex(({ id }) => id === after) + 1;
    return ofDay.slice(start, start + limit);
  }

  async setWebhook(webhook: Webhook): Promise<void> {
    await this.#file.append({ kind: "webhook", webhook });
    this.webhook = webhook;
  }

  accepted(notice: string): Promise<void> {
    return this.#file.append({ kind: "accepted", notice });
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled([...this.#running.values()].map(({ result }) => result));
    await this.#file.close();
  }

  async #once(
    key: string,
    asked: object,
    work: () => Promise<
      | ({ kind: "capture"; result: Capture } & NoticeSeries)
      | ({ kind: "refund"; result: Refund } & NoticeSeries)
    >,
  ): Promise<{ result: Capture | Refund; isNew: boolean }> {
    const request = JSON.stringify(asked);
    const earlier = this.#byKey.get(key) ?? this.#running.get(key);
    if (earlier !== undefined) {
      if (earlier.request === request) return { result: await earlier.result, isNew: false };
      throw new Refused(409, "idempotency_conflict", "This Idempotency-Key was used for another request.");
    }
    const result = (async () => {
      const record = { key, request, ...(await work()) };
      await this.#file.append(record);
      this.#remember(record);
      this.onNotices({ notices: record.notices, isRepeated: record.isRepeated });
      return record.result;
    })();
    this.#running.set(key, { request, result });
    try {
      return { result: await result, isNew: true };
    } finally {
      this.#running.delete(key);
    }
  }

  #reserve(capture: string, amount: number): void {
    this.#refunded.set(capture, (this.#refunded.get(capture) ?? 0) + amount);
  }

  #remember(record: Extract<StateRecord, { kind: "capture" | "refund" }>): void {
    const { key, request, result } = record;
    this.#byKey.set(key, { request, result });
    if (record.kind === "capture") {
      this.#captures.set(record.result.id, record.result);
      const { reference } = record.result;
      this.#byReference.set(reference, [...this.capturesOf(reference), record.result]);
    }
    if (result.state === "succeeded") this.#moved.push(result);
  }
}
