/** Less than the minute by which the numbers move, long enough for pages that ask every few seconds. */
const KEPT_MS = 15_000;
const MOST_KEPT = 200;

/** Answers of the database that are used again for some seconds. What failed is asked again at once. */
export class Kept {
  readonly #now: () => number;
  readonly #answers = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  get<Answer>(key: string, read: () => Promise<Answer>): Promise<Answer> {
    const known = this.#answers.get(key);
    if (known !== undefined && this.#now() - known.at < KEPT_MS) return known.answer as Promise<Answer>;
    const answer = read();
    this.#answers.delete(key);
    this.#answers.set(key, { at: this.#now(), answer });
    for (const old of this.#answers.keys()) {
      if (this.#answers.size <= MOST_KEPT) break;
      this.#answers.delete(old);
    }
    answer.catch(() => {
      if (this.#answers.get(key)?.answer === answer) this.#answers.delete(key);
    });
    return answer;
  }
}
