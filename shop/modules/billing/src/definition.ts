import { closed, Type } from "ashlar/contract";
import { define, ports, type RunContext, tables } from "ashlar/module";
import { billing } from "../contract/index.ts";
import type { BillingPorts } from "./payment-provider.ts";
import type { BillingTables } from "./tables.ts";

export const definition = define(billing, {
  tables: tables<BillingTables>(),
  ports: ports<BillingPorts>("payments"),
  settings: closed({
    /** What the payment provider signs its notices with. */
    webhookSecret: Type.String({ minLength: 16 }),
  }),
  // Apart from the rest: these jobs wait for the provider, who may be slow.
  queues: { payments: { concurrency: 5 } },
});
export const { handle, route, streamRoute, job, perform, schedule } = definition;

/** What functions that several use cases share may ask for. */
export type BillingContext = RunContext<
  typeof billing,
  never,
  BillingTables,
  { readonly webhookSecret: string },
  BillingPorts
>;
