import { billing } from "@shop/billing";
import { catalog } from "@shop/catalog";
import { identity } from "@shop/identity";
import { closed, Type } from "ashlar/contract";
import { define, ports, tables } from "ashlar/module";
import { ordering } from "../contract/index.ts";
import type { Mailer } from "./mailer.ts";
import type { OrderingTables } from "./tables.ts";

export const definition = define(ordering, {
  uses: [identity, catalog, billing],
  reads: [catalog.productListing],
  tables: tables<OrderingTables>(),
  settings: closed({
    /** A placed order that is not paid for so long expires. */
    unpaidMinutes: Type.Integer({ minimum: 0, maximum: 525_600 }),
  }),
  ports: ports<{ mail: Mailer }>("mail"),
  // Apart from the rest, so that a mail server that hangs holds up mails and nothing else.
  queues: { mail: { concurrency: 5 } },
});
export const { handle, route, job, perform, on, schedule } = definition;
