import type { AppDescription, ModuleDescription, OperationDescription } from "ashlar/module";
import type { FoundCalls } from "../src/found-calls.ts";

/** From what users see to what everything rests on. */
const TIERS = [
  ["storefront", "admin_desk", "partner_gateway", "support_tickets"],
  ["ordering", "subscriptions", "returns", "quotes", "procurement", "fraud_detection", "loyalty"],
  ["billing", "payments", "shipping", "warehouse", "promotions", "recommendations", "search", "reporting"],
  ["catalog", "pricing", "inventory", "customer_accounts", "tax_and_customs_duties", "documents"],
  ["identity", "notifications", "currency", "audit", "geography"],
];

/** A product of thirty modules: what a team of some years has. The same each time. */
export function manyModules(): AppDescription {
  const random = lehmer(7);
  const names = TIERS.flat();
  const modules = names.map((name): ModuleDescription => {
    const tier = TIERS.findIndex((each) => each.includes(name));
    const later = TIERS.slice(tier + 1).flat();
    const next = TIERS[tier + 1] ?? [];
    const uses = [
      ...new Set([
        ...pick(next, Math.floor(random() * 2.6), random),
        ...pick(later, random() < 0.3 ? 1 : 0, random),
      ]),
    ];
    const publishers = pick(
      names.filter((other) => other !== name),
      random() < 0.4 ? 1 + Math.floor(random() * 1.5) : 0,
      random,
    );
    const reads = random() < 0.15 ? pick(later, 1, random) : [];
    return {
      ...emptyModule(name),
      operations: [
        ...some(1 + Math.floor(random() * 5), (n) =>
          command(name, `change${n}`, random() < 0.25 ? "joins" : "own"),
        ),
        ...some(Math.floor(random() * 6), (n) => query(name, `find${n}`)),
      ],
      events: some(2, (n) => ({
        id: `${name}.happened${n}`,
        name: `happened${n}`,
        version: 1,
        payload: {},
        upcasts: [],
      })),
      views: [{ id: `${name}.listing`, name: "listing", view: "listing", row: {} }],
      uses,
      reads: reads.map((owner) => `${owner}.listing`),
      subscribers: publishers.map((publisher, n) => ({
        name: `note${n}`,
        event: `${publisher}.happened0`,
        queue: "default",
        inOrder: false,
      })),
    };
  });
  return { name: "big-shop", modules };
}

export function emptyModule(name: string): ModuleDescription {
  return {
    name,
    operations: [],
    events: [],
    views: [],
    uses: [],
    reads: [],
    routes: [],
    jobs: [],
    subscribers: [],
    schedules: [],
    queues: {},
    ports: [],
    settings: null,
    migrations: null,
  };
}

export function command(
  module: string,
  name: string,
  transaction: "own" | "joins" = "own",
): OperationDescription {
  return { id: `${module}.${name}`, name, kind: "command", transaction, input: {}, output: {}, errors: [] };
}

export function query(module: string, name: string): OperationDescription {
  return {
    id: `${module}.${name}`,
    name,
    kind: "query",
    transaction: null,
    input: {},
    output: {},
    errors: [],
  };
}

/** As if the code called every third operation of what it uses, and all that join. */
export function someCalls(app: AppDescription): FoundCalls {
  return {
    of: (caller, target) => ({
      isExact: true,
      places: new Map(
        app.modules
          .find(({ name }) => name === target)!
          .operations.filter(({ transaction }, index) => transaction === "joins" || index % 3 === 0)
          .map(({ name }, index) => [name, [`modules/${caller}/src/use-case.ts:${index + 10}`]]),
      ),
    }),
  };
}

function some<Value>(count: number, make: (index: number) => Value): Value[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function pick(from: readonly string[], count: number, random: () => number): string[] {
  const left = [...from];
  return some(Math.min(count, left.length), () => left.splice(Math.floor(random() * left.length), 1)[0]!);
}

/** Numbers from 0 to 1 that are the same each time. */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
