import { createHmac, randomUUID } from "node:crypto";
import { type Actor, system } from "ashlar/module";
import { testApp } from "ashlar/testing";
import { billing } from "../contract/index.ts";
import module from "../src/module.ts";
import { FakePaymentProvider } from "./fake-payment-provider.ts";

export const WEBHOOK_SECRET = "a secret for the tests";
export const actor = system("test");

/** Billing by itself, on a database of its own, with a provider in memory. */
export async function billingApp() {
  const provider = new FakePaymentProvider();
  const started = await testApp({
    modules: [module],
    settings: { billing: { webhookSecret: WEBHOOK_SECRET } },
    adapters: { billing: { payments: provider } },
    authenticate: async () => null,
  });
  const { app, clock } = started;
  provider.today = () => clock.now();

  return {
    ...started,
    provider,

    issue(parts: { orderId?: string; accountId?: string; amount?: number } = {}) {
      const { orderId = randomUUID(), accountId = randomUUID(), amount = 4999 } = parts;
      const lines = [{ description: "Mallet", quantity: 1, unitAmount: amount }];
      return app.execute(billing.issueInvoice, { orderId, accountId, currency: "USD", lines }, { actor });
    },
    credit: (orderId: string) => app.execute(billing.creditInvoice, { orderId }, { actor }),
    pay: (invoiceId: string, card = "card_success", as: Actor = actor) =>
      app.execute(billing.payInvoice, { invoiceId, card }, { actor: as }),
    payment: (id: string) => app.execute(billing.getPayment, { id }, { actor }),

    /** Sends what the provider would; `at` is when it says so, and `secret` with which it signs. */
    notify(
      type: string,
      data: Record<string, unknown>,
      parts: { id?: string; at?: Date; secret?: string } = {},
    ) {
      const { id = `evt_${randomUUID()}`, at = clock.now(), secret = WEBHOOK_SECRET } = parts;
      const body = JSON.stringify({ id, type, createdAt: at.toISOString(), data });
      const seconds = Math.floor(at.getTime() / 1000);
      const digest = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
      const signature = `t=${seconds},v1=${digest}`;
      return app.execute(billing.receivePaymentNotice, { body, signature });
    },
  };
}

export function account(id: string, roles: readonly string[] = ["customer"]): Actor {
  return { kind: "account", id, roles, scopes: null, session: null };
}
