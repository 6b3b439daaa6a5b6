import { closed, command, contract, query, type Static, Type } from "ashlar/contract";
import { define, defineModule } from "ashlar/module";

export const PriceQuestion = closed({ sku: Type.String(), quantity: Type.Integer({ minimum: 1 }) });
export const Price = closed({ amount: Type.Integer(), currency: Type.String() });

const pricing = contract("pricing", {
  getPrice: query({ input: PriceQuestion, output: Price }),
  reservePrice: command({ transaction: "joins", input: PriceQuestion, output: Price }),
});

const Repetitions = closed({ count: Type.Integer() });

export const asking = contract("asking", {
  askManyTimes: query({ input: Repetitions, output: closed({}) }),
  /** As above, but of a command that joins this one's transaction. No statement is sent, so none begins. */
  reserveManyTimes: command({ transaction: "own", input: Repetitions, output: closed({}) }),
});

/** The work behind the call: as little as an async function can do. */
export async function priceOf({ quantity }: Static<typeof PriceQuestion>): Promise<Static<typeof Price>> {
  return { amount: 4_99 * quantity, currency: "USD" };
}

const pricingDefinition = define(pricing);
export const pricingModule = defineModule(pricingDefinition, {
  handlers: [
    pricingDefinition.handle(pricing.getPrice, priceOf),
    pricingDefinition.handle(pricing.reservePrice, priceOf),
  ],
});

const askingDefinition = define(asking, { uses: [pricing] });
export const askingModule = defineModule(askingDefinition, {
  handlers: [
    askingDefinition.handle(asking.askManyTimes, async ({ count }, { call }) => {
      for (let i = 0; i < count; i++) await call(pricing).getPrice({ sku: "A-1", quantity: 3 });
      return {};
    }),
    askingDefinition.handle(asking.reserveManyTimes, async ({ count }, { call }) => {
      for (let i = 0; i < count; i++) await call(pricing).reservePrice({ sku: "A-1", quantity: 3 });
      return {};
    }),
  ],
});
