import { randomUUID } from "node:crypto";
import { PASSWORD, type Scene } from "./answer-scene.ts";
import { captureNotice, noticeHeaders, signed } from "./payment-notice.ts";
import type { RequestParts } from "./shop-client.ts";
import { NOTICE_SECRET } from "./test-shop.ts";

/** What a request that succeeds is made of, beside its route. */
export interface Asked extends RequestParts {
  readonly query?: string;
  readonly params?: Readonly<Record<string, string>>;
}

/** A route, as the document names it, and the request that it is there for. */
export interface UsualRequest {
  readonly route: string;
  readonly status: number;
  readonly by: "anyone" | "customer" | "operator";
  /** The request, after what it needs has been brought about. It is sent as `by` unless it has a token. */
  readonly ask: () => Asked | Promise<Asked>;
  readonly takesQuery?: true;
  readonly takesBody?: "json" | "stream";
  /** For a route that honours an Idempotency-Key: whether it must have one, and the table that its work waits for. */
  readonly keyed?: { readonly required?: true; readonly waitsFor: string };
}

export function usualRequests(scene: Scene): UsualRequest[] {
  const nothing = () => ({});
  const mallet = { params: { sku: "mallet" } };
  return [
    {
      route: "POST /v1/accounts",
      status: 201,
      by: "anyone",
      takesBody: "json",
      ask: () => ({ body: { email: `${randomUUID()}@example.com`, password: PASSWORD } }),
    },
    { route: "GET /v1/accounts/me", status: 200, by: "customer", ask: nothing },
    {
      route: "PUT /v1/accounts/me/password",
      status: 204,
      by: "customer",
      takesBody: "json",
      ask: () => ({ body: { currentPassword: PASSWORD, newPassword: PASSWORD } }),
    },
    {
      route: "PUT /v1/accounts/{id}/roles/{role}",
      status: 200,
      by: "operator",
      ask: () => ({ params: { id: scene.customer.id, role: "customer" } }),
      keyed: { waitsFor: "identity.accounts" },
    },
    {
      route: "DELETE /v1/accounts/{id}/roles/{role}",
      status: 200,
      by: "operator",
      ask: () => ({ params: { id: scene.customer.id, role: "operator" } }),
      keyed: { waitsFor: "identity.accounts" },
    },
    {
      route: "POST /v1/sessions",
      status: 201,
      by: "anyone",
      takesBody: "json",
      ask: () => ({ body: { email: scene.customer.email, password: PASSWORD } }),
    },
    {
      route: "DELETE /v1/sessions/current",
      status: 204,
      by: "customer",
      ask: async () => ({ token: await scene.signIn(scene.customer.email) }),
      keyed: { waitsFor: "identity.sessions" },
    },
    { route: "GET /v1/api-keys", status: 200, by: "customer", ask: nothing },
    {
      route: "POST /v1/api-keys",
      status: 201,
      by: "customer",
      takesBody: "json",
      ask: () => ({ body: { name: "for reports", scopes: ["orders:read"], expiresInDays: 7 } }),
    },
    {
      route: "DELETE /v1/api-keys/{id}",
      status: 204,
      by: "customer",
      ask: async () => ({ params: { id: (await scene.newKey(scene.customer, "orders:read")).id } }),
      keyed: { waitsFor: "identity.api_keys" },
    },
    { route: "GET /v1/audit-events", status: 200, by: "operator", ask: nothing, takesQuery: true },
    { route: "GET /v1/products", status: 200, by: "anyone", ask: nothing, takesQuery: true },
    { route: "GET /v1/products/{sku}", status: 200, by: "anyone", ask: () => mallet },
    {
      route: "PUT /v1/products/{sku}/stock",
      status: 200,
      by: "operator",
      takesBody: "json",
      ask: () => ({ ...mallet, body: { onHand: 1000 } }),
      keyed: { waitsFor: "catalog.stock" },
    },
    {
      route: "POST /v1/products/import",
      status: 200,
      by: "operator",
      takesBody: "stream",
      ask: () => ({
        text: '{"sku": "saw", "name": "Saw", "price": 12, "currency": "EUR", "stock": 5}\n{"sku": "nameless"}\n',
        headers: { "content-type": "application/x-ndjson" },
      }),
    },
    {
      route: "GET /v1/invoices/{id}",
      status: 200,
      by: "customer",
      ask: async () => ({ params: { id: (await scene.order()).invoice.id } }),
    },
    {
      route: "POST /v1/invoices/{id}/payments",
      status: 202,
      by: "customer",
      takesBody: "json",
      ask: async () => ({
        params: { id: (await scene.order()).invoice.id },
        body: { card: "card_success" },
      }),
      keyed: { waitsFor: "billing.payments" },
    },
    {
      route: "GET /v1/payments/{id}",
      status: 200,
      by: "customer",
      ask: async () => ({ params: { id: (await scene.pay((await scene.order()).invoice.id)).id } }),
    },
    {
      route: "POST /v1/payments/webhook",
      status: 200,
      by: "anyone",
      takesBody: "stream",
      ask: () => {
        const text = captureNotice(randomUUID(), { amount: 100, currency: "USD" });
        return { text, headers: noticeHeaders(signed(NOTICE_SECRET, text)) };
      },
    },
    {
      route: "GET /v1/reconciliation-differences",
      status: 200,
      by: "operator",
      ask: () => ({ query: "?day=2026-03-01" }),
      takesQuery: true,
    },
    { route: "GET /v1/cart", status: 200, by: "customer", ask: nothing },
    {
      route: "PUT /v1/cart/items/{sku}",
      status: 200,
      by: "customer",
      takesBody: "json",
      ask: () => ({ ...mallet, body: { quantity: 2 } }),
      keyed: { waitsFor: "ordering.carts" },
    },
    {
      route: "DELETE /v1/cart/items/{sku}",
      status: 200,
      by: "customer",
      ask: () => mallet,
      keyed: { waitsFor: "ordering.cart_items" },
    },
    {
      route: "POST /v1/orders",
      status: 201,
      by: "customer",
      ask: async () => {
        await scene.fillCart("mallet", 1);
        return {};
      },
      keyed: { required: true, waitsFor: "ordering.cart_items" },
    },
    { route: "GET /v1/orders", status: 200, by: "customer", ask: nothing, takesQuery: true },
    {
      route: "GET /v1/orders/{id}",
      status: 200,
      by: "customer",
      ask: async () => ({ params: { id: (await scene.order()).id } }),
    },
    {
      route: "POST /v1/orders/{id}/cancel",
      status: 200,
      by: "customer",
      ask: async () => ({ params: { id: (await scene.order()).id } }),
      keyed: { waitsFor: "ordering.orders" },
    },
  ];
}
