// Executes commands with and without the events that they publish: `publish-client.ts ITEMS_URL SHOP_URL`.
import { ordering } from "@shop/ordering";
import { type Actor, type App, createApp, type Module } from "ashlar/module";
import { partsOf } from "../../shop/hosts/monolith/shop.ts";
import { serveTasks } from "../child.ts";
import { closedLoop, type LoopResult } from "../closed-loop.ts";
import { ownCpu } from "../cpu.ts";
import { publishing, publishingModule } from "./publish-modules.ts";

const CLIENTS = 8;

const [itemsUrl, shopUrl] = [process.argv[2]!, process.argv[3]!];

async function started(app: App, adminUrl: string): Promise<App> {
  await app.start({ adminUrl });
  return app;
}

const mute = async () => {};

/** The module as it is, but for its events, which nobody hears. */
function silent(module: Module): Module {
  const handlers = module.handlers.map(({ operation, run }) => ({
    operation,
    run: (input: unknown, context: object) =>
      run(input, Object.create(context, { publish: { value: mute } })),
  }));
  return { ...module, handlers };
}

function shopOf(change: (module: Module) => Module): App {
  const parts = partsOf({
    payments: { url: "http://127.0.0.1:9", key: "none", webhookSecret: "x".repeat(32) },
    mailer: { send: async () => "sent" as const },
    unpaidMinutes: 0,
  });
  return createApp({ name: "shop", ...parts, modules: parts.modules.map(change) });
}

const items = await started(createApp({ name: "items", modules: [publishingModule] }), itemsUrl);
const shop = await started(
  shopOf((module) => module),
  shopUrl,
);
const silentShop = await started(
  shopOf((module) => (module.contract === ordering ? silent(module) : module)),
  shopUrl,
);

const ITEM = { name: "A pencil", quantity: 3 };
const addItem = () => items.execute(publishing.addItem, ITEM);
const announceItem = () => items.execute(publishing.announceItem, ITEM);

const tasks = {
  insert: ({ publishes, ms }: { publishes: boolean; ms: number }): Promise<LoopResult> =>
    closedLoop(publishes ? announceItem : addItem, { clients: CLIENTS, ms }),

  /** One order of each buyer. */
  order: async ({ publishes, accounts }: { publishes: boolean; accounts: string[] }): Promise<LoopResult> => {
    const app = publishes ? shop : silentShop;
    const left = [...accounts];
    const cpu = ownCpu();
    const start = performance.now();
    const buy = async () => {
      for (let id = left.pop(); id !== undefined; id = left.pop()) {
        await app.execute(ordering.placeOrder, {}, { actor: buyer(id) });
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, buy));
    return { operations: accounts.length, elapsedMs: performance.now() - start, cpuMicros: ownCpu() - cpu };
  },
};

function buyer(id: string): Actor {
  return { kind: "account", id, roles: ["customer"], scopes: null, session: null };
}

serveTasks(tasks, async () => {
  await Promise.all([items, shop, silentShop].map((app) => app.stop()));
});
