import { closed } from "ashlar/contract";
import { signedIn } from "ashlar/module";
import { billing } from "../contract/index.ts";
import { route } from "./definition.ts";

export const routes = [
  route(billing.getInvoice, {
    method: "GET",
    path: "/v1/invoices/{id}",
    auth: signedIn("orders:read"),
    summary: "Show an invoice",
    params: closed({ id: billing.getInvoice.input.properties.id }),
    input: ({ params }) => ({ id: params.id }),
  }),
];
