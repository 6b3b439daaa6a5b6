import { randomUUID } from "node:crypto";
import { PASSWORD, type Scene } from "./answer-scene.ts";
import type { Attempt } from "./common-answers.ts";
import { noticeHeaders, signed } from "./payment-notice.ts";
import type { Reply, RequestParts } from "./shop-client.ts";
import { NOTICE_SECRET } from "./test-shop.ts";

/** The refusals that operations declare: each by what the client did to get it. */
export function ownAnswers(scene: Scene): Attempt[] {
  const { shop, send, customer, operator, newcomer, sendWhileBusy, sendWhileDeleted, sendTooOften } = scene;
  const attempts: Attempt[] = [];
  const on = (route: string, answers: Readonly<Record<string, readonly [string, () => Promise<Reply>]>>) => {
    for (const [answer, [what, sent]] of Object.entries(answers)) {
      attempts.push({ route, answer, what, send: sent });
    }
  };
  const asCustomer = (method: string, path: string, parts: RequestParts = {}) =>
    send(method, path, { token: customer.token, ...parts });
  const asOperator = (method: string, path: string, parts: RequestParts = {}) =>
    send(method, path, { token: operator.token, ...parts });
  const put = (sku: string, quantity: number) =>
    asCustomer("PUT", `/v1/cart/items/${sku}`, { body: { quantity } });
  const order = () => asCustomer("POST", "/v1/orders", { key: randomUUID() });

  const account = (more: object) => ({ body: { email: customer.email, password: PASSWORD, ...more } });
  on("POST /v1/accounts", {
    "409 IDENTITY_EMAIL_TAKEN": [
      "registers an address a second time",
      () => send("POST", "/v1/accounts", account({})),
    ],
    "422 IDENTITY_PASSWORD_TOO_COMMON": [
      "chooses a common password",
      () => send("POST", "/v1/accounts", account({ password: "passwordpassword" })),
    ],
    "429 IDENTITY_TOO_BUSY": [
      "registers while others' passwords are checked",
      () => sendWhileBusy("POST", "/v1/accounts", account({})),
    ],
  });
  on("GET /v1/accounts/me", {
    "401 IDENTITY_SIGN_IN_REQUIRED": [
      "is deleted while it asks",
      () => sendWhileDeleted("GET", "/v1/accounts/me", {}),
    ],
  });

  const change = (more: object) => ({
    body: { currentPassword: PASSWORD, newPassword: "another staple of horses", ...more },
  });
  const WRONG = { currentPassword: "a wrong password" };
  on("PUT /v1/accounts/me/password", {
    "401 IDENTITY_SIGN_IN_REQUIRED": [
      "is deleted while it asks",
      () => sendWhileDeleted("PUT", "/v1/accounts/me/password", change({})),
    ],
    "403 IDENTITY_WRONG_PASSWORD": [
      "does not know the current password",
      () => asCustomer("PUT", "/v1/accounts/me/password", change(WRONG)),
    ],
    "422 IDENTITY_PASSWORD_TOO_COMMON": [
      "chooses a common password",
      () => asCustomer("PUT", "/v1/accounts/me/password", change({ newPassword: "passwordpassword" })),
    ],
    "429 IDENTITY_TOO_BUSY": [
      "changes it while others' passwords are checked",
      () => sendWhileBusy("PUT", "/v1/accounts/me/password", { token: customer.token, ...change({}) }),
    ],
    "429 IDENTITY_TOO_MANY_ATTEMPTS": [
      "guesses the current password a sixth time",
      async () => {
        const { token } = await newcomer();
        return sendTooOften("PUT", "/v1/accounts/me/password", { token, ...change(WRONG) });
      },
    ],
  });

  const role = (method: string, id: string, name: string) =>
    asOperator(method, `/v1/accounts/${id}/roles/${name}`);
  on("PUT /v1/accounts/{id}/roles/{role}", {
    "404 IDENTITY_ACCOUNT_NOT_FOUND": ["gives a role to nobody", () => role("PUT", randomUUID(), "customer")],
  });
  on("DELETE /v1/accounts/{id}/roles/{role}", {
    "404 IDENTITY_ACCOUNT_NOT_FOUND": [
      "takes a role from nobody",
      () => role("DELETE", randomUUID(), "customer"),
    ],
    "409 IDENTITY_OWN_ROLE": [
      "takes the operator role from itself",
      () => role("DELETE", operator.id, "operator"),
    ],
  });

  const guess = { body: { email: "nobody@example.com", password: "a wrong password" } };
  on("POST /v1/sessions", {
    "401 IDENTITY_INVALID_CREDENTIALS": [
      "signs in with a wrong password",
      () => send("POST", "/v1/sessions", guess),
    ],
    "429 IDENTITY_TOO_MANY_ATTEMPTS": [
      "guesses a password a sixth time",
      () => sendTooOften("POST", "/v1/sessions", guess),
    ],
    "429 IDENTITY_TOO_BUSY": [
      "signs in while others' passwords are checked",
      () => sendWhileBusy("POST", "/v1/sessions", guess),
    ],
  });

  const key = (scope: string) => ({ body: { name: "for reports", scopes: [scope] } });
  on("POST /v1/api-keys", {
    "401 IDENTITY_SIGN_IN_REQUIRED": [
      "is deleted while it asks",
      () => sendWhileDeleted("POST", "/v1/api-keys", key("orders:read")),
    ],
    "403 IDENTITY_SCOPE_NOT_ALLOWED": [
      "gives a key an operator's scope and is none",
      () => asCustomer("POST", "/v1/api-keys", key("catalog:write")),
    ],
    "409 IDENTITY_TOO_MANY_KEYS": [
      "makes a 51st key",
      async () => {
        const { id, token } = await newcomer();
        await shop.adminQuery`
          insert into identity.api_keys (id, account_id, name, prefix, key_digest, scopes, created_at)
          select gen_random_uuid(), ${id}, 'one of many', '', decode(md5(n::text), 'hex'), '{orders:read}', now()
            from generate_series(1, 50) as n`;
        return send("POST", "/v1/api-keys", { token, ...key("orders:read") });
      },
    ],
  });
  on("DELETE /v1/api-keys/{id}", {
    "404 IDENTITY_API_KEY_NOT_FOUND": [
      "revokes a key that it does not have",
      () => asCustomer("DELETE", `/v1/api-keys/${randomUUID()}`),
    ],
  });
  on("GET /v1/audit-events", {
    "422 IDENTITY_CURSOR_INVALID": [
      "makes up a cursor",
      () => asOperator("GET", "/v1/audit-events?cursor=made-up"),
    ],
  });

  on("GET /v1/products", {
    "422 CATALOG_CURSOR_INVALID": ["makes up a cursor", () => send("GET", "/v1/products?cursor=made-up")],
  });
  on("GET /v1/products/{sku}", {
    "404 CATALOG_UNKNOWN_SKU": ["asks for what is not sold", () => send("GET", "/v1/products/unheard-of")],
  });
  on("PUT /v1/products/{sku}/stock", {
    "404 CATALOG_UNKNOWN_SKU": [
      "counts what is not sold",
      () => asOperator("PUT", "/v1/products/unheard-of/stock", { body: { onHand: 1 } }),
    ],
    "409 CATALOG_BELOW_RESERVED": [
      "counts less than is promised to an order",
      async () => {
        await scene.order();
        return asOperator("PUT", "/v1/products/mallet/stock", { body: { onHand: 0 } });
      },
    ],
  });
  on("GET /v1/invoices/{id}", {
    "404 BILLING_INVOICE_NOT_FOUND": [
      "asks for an invoice that it does not have",
      () => asCustomer("GET", `/v1/invoices/${randomUUID()}`),
    ],
  });

  const pay = (invoiceId: string) =>
    asCustomer("POST", `/v1/invoices/${invoiceId}/payments`, { body: { card: "card_success" } });
  on("POST /v1/invoices/{id}/payments", {
    "404 BILLING_INVOICE_NOT_FOUND": ["pays an invoice that it does not have", () => pay(randomUUID())],
    "409 BILLING_PAYMENT_IN_PROGRESS": [
      "pays while it is being paid",
      async () => {
        const { invoice } = await scene.order();
        await scene.pay(invoice.id);
        return pay(invoice.id);
      },
    ],
    "409 BILLING_ALREADY_PAID": [
      "pays what is paid",
      async () => {
        const { invoice } = await scene.order();
        const { id } = await scene.pay(invoice.id);
        await shop.adminQuery`
          update billing.payments set state = 'captured', captured_at = now(), card = null where id = ${id}`;
        return pay(invoice.id);
      },
    ],
    "409 BILLING_INVOICE_CREDITED": [
      "pays for an order that it has cancelled",
      async () => {
        const { id, invoice } = await scene.order();
        await asCustomer("POST", `/v1/orders/${id}/cancel`);
        return pay(invoice.id);
      },
    ],
  });
  on("GET /v1/payments/{id}", {
    "404 BILLING_PAYMENT_NOT_FOUND": [
      "asks for a payment that it did not make",
      () => asCustomer("GET", `/v1/payments/${randomUUID()}`),
    ],
  });
  const notify = (text: string, signature: string) =>
    send("POST", "/v1/payments/webhook", { text, headers: noticeHeaders(signature) });
  on("POST /v1/payments/webhook", {
    "401 BILLING_SIGNATURE_INVALID": ["is not the payment provider", () => notify("{}", "made-up")],
    "422 BILLING_NOTICE_INVALID": [
      "is the payment provider and makes no sense",
      () => notify("{}", signed(NOTICE_SECRET, "{}")),
    ],
  });

  /** Fills the cart with products that have since been taken from the catalogue. */
  const addGone = (products: number) => shop.adminQuery`
    insert into ordering.cart_items (account_id, sku, quantity, unit_amount, currency, added_at)
    select ${customer.id}, 'gone-' || n, 1, 100, 'USD', now() from generate_series(1, ${products}::int) as n`;
  on("PUT /v1/cart/items/{sku}", {
    "404 ORDERING_UNKNOWN_SKU": ["puts in what is not sold", () => put("unheard-of", 1)],
    "409 ORDERING_CART_FULL": [
      "puts in a 101st product",
      async () => {
        await scene.fillCart("mallet", 1);
        await addGone(99);
        return put("relic", 1);
      },
    ],
    "409 ORDERING_MIXED_CURRENCIES": [
      "puts dollars to francs",
      async () => {
        await scene.fillCart("mallet", 1);
        await shop.adminQuery`
          update ordering.cart_items set currency = 'CHF' where account_id = ${customer.id}`;
        return put("relic", 1);
      },
    ],
    "409 ORDERING_TOTAL_TOO_LARGE": [
      "puts in 999 palaces",
      () => scene.fillCart("mallet", 1).then(() => put("palace", 999)),
    ],
  });
  on("POST /v1/orders", {
    "409 ORDERING_UNKNOWN_SKU": [
      "orders what is no longer sold",
      async () => {
        await scene.fillCart("mallet", 1);
        await addGone(1);
        return order();
      },
    ],
    "409 ORDERING_OUT_OF_STOCK": [
      "orders two where there is one",
      () => scene.fillCart("relic", 2).then(order),
    ],
    "409 ORDERING_PRICE_CHANGED": [
      "orders at a price of before",
      async () => {
        await scene.fillCart("mallet", 1);
        await shop.adminQuery`
          update ordering.cart_items set unit_amount = 1 where account_id = ${customer.id}`;
        return order();
      },
    ],
    "422 ORDERING_CART_EMPTY": [
      "orders nothing",
      async () => {
        await scene.fillCart("mallet", 1);
        await asCustomer("DELETE", "/v1/cart/items/mallet");
        return order();
      },
    ],
  });
  on("GET /v1/orders", {
    "422 ORDERING_CURSOR_INVALID": [
      "makes up a cursor",
      () => asCustomer("GET", "/v1/orders?cursor=made-up"),
    ],
  });
  on("GET /v1/orders/{id}", {
    "404 ORDERING_ORDER_NOT_FOUND": [
      "asks for an order that it does not have",
      () => asCustomer("GET", `/v1/orders/${randomUUID()}`),
    ],
  });
  on("POST /v1/orders/{id}/cancel", {
    "404 ORDERING_ORDER_NOT_FOUND": [
      "cancels an order that it does not have",
      () => asCustomer("POST", `/v1/orders/${randomUUID()}/cancel`),
    ],
    "409 ORDERING_NOT_CANCELLABLE": [
      "cancels an order twice",
      async () => {
        const { id } = await scene.order();
        await asCustomer("POST", `/v1/orders/${id}/cancel`);
        return asCustomer("POST", `/v1/orders/${id}/cancel`);
      },
    ],
  });
  return attempts;
}
