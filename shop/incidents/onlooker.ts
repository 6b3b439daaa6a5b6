import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Configuration } from "../hosts/monolith/configuration.ts";
import { ShopClient } from "../test/shop-client.ts";

const EVERY_MS = 1_000;

/** Somebody who has the console open and says what begins and what ends; says nothing where he is not let in. */
export class Onlooker {
  readonly #client: ShopClient | null;
  readonly #firing = new Map<string, string>();
  #since = performance.now();

  private constructor(client: ShopClient | null) {
    this.#client = client;
  }

  /** Signs in as the demo's operator, if there is one. */
  static async open(url: string, { database, home }: Configuration): Promise<Onlooker> {
    const file = join(database.kind === "embedded" ? database.directory : home, "demo.json");
    if (!existsSync(file)) return new Onlooker(null);
    const { accounts } = JSON.parse(readFileSync(file, "utf8"));
    const operator = accounts.find(({ role }: { role: string }) => role === "operator");
    const client = new ShopClient(url);
    await client.signIn(operator.email, operator.password);
    return new Onlooker(client);
  }

  /** Times are told from here on. */
  begin(): void {
    this.#since = performance.now();
  }

  async look(forMs: number, signal: AbortSignal): Promise<void> {
    const until = performance.now() + forMs;
    while (performance.now() < until && !signal.aborted) {
      await this.#tell();
      await delay(EVERY_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #tell(): Promise<void> {
    const reply = await this.#client?.send("GET", "/console/api/now").catch(() => null);
    if (reply?.status !== 200) return;
    const firing = new Map<string, string>(
      reply.body.data.firing.map(
        (each: { check: string; subject: string; severity: string; title: string }) => [
          `${each.check} ${each.subject}`,
          `${each.severity} ${each.check}: ${each.title}`,
        ],
      ),
    );
    for (const [key, text] of firing) if (!this.#firing.has(key)) this.#say(text);
    for (const [key, text] of this.#firing) if (!firing.has(key)) this.#say(`ended: ${text}`);
    this.#firing.clear();
    for (const [key, text] of firing) this.#firing.set(key, text);
  }

  #say(text: string): void {
    console.log(`${((performance.now() - this.#since) / 1000).toFixed(0).padStart(5)} s  ${text}`);
  }
}
