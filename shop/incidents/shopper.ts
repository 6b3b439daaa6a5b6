import { setTimeout as delay } from "node:timers/promises";
import { ShopClient } from "../test/shop-client.ts";

/** What somebody might look for; all of it is in the demo catalogue or nowhere. */
const WORDS = ["pan", "knife", "lamp", "towel", "wood", "steel", "garden", "coffee", "chair", "stone"];
/** One order of so many is paid; the rest is cancelled, so that the shelves stay full. */
const PAID_OF = 3;

/** Somebody with an account who looks round, orders, and mostly thinks better of it. */
export class Shopper {
  readonly #client: ShopClient;
  readonly #skus: readonly string[];

  constructor(client: ShopClient, skus: readonly string[]) {
    this.#client = client;
    this.#skus = skus;
  }

  /** Six or seven requests with a pause after each. Ends early where the shop refuses or fails. */
  async journey(think: () => Promise<void>): Promise<void> {
    await this.#client.send("GET", `/v1/products?q=${one(WORDS)}`);
    await think();
    await this.#client.send("GET", `/v1/products/${one(this.#skus)}`);
    await think();
    if ((await this.fillCart()).status >= 400) return;
    await think();
    const order = await this.#client.order();
    if (order.status >= 400) return;
    await think();
    await this.#client.send("GET", "/v1/orders");
    await think();
    if (Math.random() < 1 / PAID_OF) await this.#client.pay(order.body.invoice.id, "card_success");
    else await this.#client.send("POST", `/v1/orders/${order.body.id}/cancel`);
    await think();
  }

  fillCart() {
    return this.#client.put(one(this.#skus), 1);
  }

  close(): void {
    this.#client.close();
  }
}

/** People in the shop, until it is disposed of. */
export interface Shoppers extends AsyncDisposable {
  /** Each does the same again and again; what fails is the shop's affair. */
  keep(doing: (shopper: Shopper) => Promise<unknown>): void;
  readonly requests: number;
}

/** Lets so many register and sign in. Throws when the shop cannot be reached or has nothing to sell. */
export async function openShoppers(url: string, count: number): Promise<Shoppers> {
  const clients: ShopClient[] = [];
  let requests = 0;
  const first = new CountingClient(url, () => requests++);
  clients.push(first);
  const { body } = await first.send("GET", "/v1/products?limit=50");
  const skus: string[] = body.items
    .filter(({ available }: { available: number }) => available > 0)
    .map(({ sku }: { sku: string }) => sku);
  if (skus.length === 0) throw new Error(`The shop at ${url} has nothing on its shelves.`);
  while (clients.length < count) clients.push(new CountingClient(url, () => requests++));
  // A few at a time: passwords are dear to hash.
  for (let from = 0; from < count; from += 2) {
    await Promise.all(clients.slice(from, from + 2).map((client) => client.register()));
  }
  const over = new AbortController();
  const doings: Promise<void>[] = [];
  return {
    keep(doing) {
      for (const client of clients) doings.push(again(new Shopper(client, skus), doing, over.signal));
    },
    get requests() {
      return requests;
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      // Ends what still waits for an answer.
      for (const client of clients) client.close();
      await Promise.all(doings);
    },
  };
}

/** Traffic of about so many requests a second, as long as the shop keeps up with it. */
export async function openTraffic(url: string, perSecond: number): Promise<Shoppers> {
  const count = Math.max(2, Math.ceil(perSecond * THINK_SECONDS));
  const shoppers = await openShoppers(url, count);
  shoppers.keep((shopper) => shopper.journey(think));
  return shoppers;
}

/** On average, from one half to one and a half. */
const THINK_SECONDS = 0.5;

function think(): Promise<void> {
  return delay(THINK_SECONDS * 1000 * (0.5 + Math.random()));
}

async function again(
  shopper: Shopper,
  doing: (shopper: Shopper) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await doing(shopper);
    } catch {
      // No answer: the shop is away, or the traffic is over.
      await delay(200, undefined, { signal }).catch(() => {});
    }
  }
}

class CountingClient extends ShopClient {
  readonly #count: () => void;

  constructor(url: string, count: () => void) {
    super(url);
    this.#count = count;
  }

  override send(...parts: Parameters<ShopClient["send"]>): ReturnType<ShopClient["send"]> {
    this.#count();
    return super.send(...parts);
  }
}

function one<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)]!;
}
