import { defineModule } from "ashlar/module";
import { creditInvoice } from "./credit-invoice.ts";
import { definition } from "./definition.ts";
import { getInvoice } from "./get-invoice.ts";
import { issueInvoice } from "./issue-invoice.ts";
import { routes } from "./routes.ts";

export default defineModule(definition, {
  handlers: [issueInvoice, creditInvoice, getInvoice],
  routes,
  migrations: new URL("../migrations/", import.meta.url),
});
