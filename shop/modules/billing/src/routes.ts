import { closed } from "ashlar/contract";
import { anyone, role, signedIn } from "ashlar/module";
import { billing } from "../contract/index.ts";
import { route, streamRoute } from "./definition.ts";

const { invoiceId, card } = billing.payInvoice.input.properties;
const { day } = billing.listReconciliationDifferences.input.properties;

const MAX_NOTICE_BYTES = 65_536;

export const routes = [
  route(billing.getInvoice, {
    method: "GET",
    path: "/v1/invoices/{id}",
    auth: signedIn("orders:read"),
    summary: "Show an invoice",
    params: closed({ id: billing.getInvoice.input.properties.id }),
    input: ({ params }) => ({ id: params.id }),
  }),
  route(billing.payInvoice, {
    method: "POST",
    path: "/v1/invoices/{id}/payments",
    auth: signedIn("orders:write"),
    summary: "Pay an invoice; the payment says how it goes on",
    params: closed({ id: invoiceId }),
    body: closed({ card }),
    input: ({ params, body }) => ({ invoiceId: params.id, card: body.card }),
    status: 202,
    headers: (payment) => ({ location: `/v1/payments/${payment.id}` }),
  }),
  route(billing.getPayment, {
    method: "GET",
    path: "/v1/payments/{id}",
    auth: signedIn("orders:read"),
    summary: "Show a payment",
    params: closed({ id: billing.getPayment.input.properties.id }),
    input: ({ params }) => ({ id: params.id }),
  }),
  route(billing.listReconciliationDifferences, {
    method: "GET",
    path: "/v1/reconciliation-differences",
    auth: role("operator"),
    summary: "Show where the payment provider, the payments and the ledger disagree about a day",
    query: closed({ day }),
    input: ({ query }) => query,
  }),
  // A stream, because the signature is over the very bytes that were sent, which a parsed body has lost.
  streamRoute({
    method: "POST",
    path: "/v1/payments/webhook",
    auth: anyone,
    summary: "Take a notice of the payment provider, by its signature",
    consumes: ["application/json"],
    maxBytes: MAX_NOTICE_BYTES,
    output: billing.receivePaymentNotice.output,
    errorsOf: billing.receivePaymentNotice,
    run: async ({ body, headers, execute }) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      const signature = headers["payment-signature"];
      return execute(billing.receivePaymentNotice, {
        // Bytes that are no UTF-8 become other characters, and then the signature does not fit.
        body: new TextDecoder("utf-8", { ignoreBOM: true }).decode(Buffer.concat(chunks)),
        signature: typeof signature === "string" ? signature.slice(0, 1_000) : "",
      });
    },
  }),
];
