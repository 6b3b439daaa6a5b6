import { closed, Type } from "ashlar/contract";
import { signedIn } from "ashlar/module";
import { ordering } from "../contract/index.ts";
import { route } from "./definition.ts";

const { sku, quantity } = ordering.setCartItem.input.properties;
const { id } = ordering.getOrder.input.properties;
const { cursor, limit } = ordering.listOrders.input.properties;

const ORDERS_A_PAGE = 20;

export const routes = [
  route(ordering.getCart, {
    method: "GET",
    path: "/v1/cart",
    auth: signedIn("orders:read"),
    summary: "Show the cart",
    input: () => ({}),
  }),
  route(ordering.setCartItem, {
    method: "PUT",
    path: "/v1/cart/items/{sku}",
    auth: signedIn("orders:write"),
    summary: "Put a product into the cart, or change its quantity, at the price of now",
    params: closed({ sku }),
    body: closed({ quantity }),
    input: ({ params, body }) => ({ sku: params.sku, quantity: body.quantity }),
  }),
  route(ordering.removeCartItem, {
    method: "DELETE",
    path: "/v1/cart/items/{sku}",
    auth: signedIn("orders:write"),
    summary: "Take a product out of the cart",
    params: closed({ sku }),
    input: ({ params }) => ({ sku: params.sku }),
  }),
  route(ordering.placeOrder, {
    method: "POST",
    path: "/v1/orders",
    auth: signedIn("orders:write"),
    summary: "Order what is in the cart",
    input: () => ({}),
    status: 201,
    headers: (order) => ({ location: `/v1/orders/${order.id}` }),
    idempotency: "required",
  }),
  route(ordering.listOrders, {
    method: "GET",
    path: "/v1/orders",
    auth: signedIn("orders:read"),
    summary: "List your orders, newest first",
    query: closed({ cursor, limit: Type.Optional(limit) }),
    input: ({ query }) => ({
      ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
      limit: query.limit ?? ORDERS_A_PAGE,
    }),
  }),
  route(ordering.getOrder, {
    method: "GET",
    path: "/v1/orders/{id}",
    auth: signedIn("orders:read"),
    summary: "Show an order",
    params: closed({ id }),
    input: ({ params }) => ({ id: params.id }),
  }),
  route(ordering.cancelOrder, {
    method: "POST",
    path: "/v1/orders/{id}/cancel",
    auth: signedIn("orders:write"),
    summary: "Cancel an order: its stock is released, its invoice credited, and what was paid given back",
    params: closed({ id }),
    input: ({ params }) => ({ id: params.id }),
  }),
];
