import { defineModule } from "ashlar/module";
import { cancelOrder } from "./cancel-order.ts";
import { definition } from "./definition.ts";
import { getCart } from "./get-cart.ts";
import { getOrder } from "./get-order.ts";
import { listOrders } from "./list-orders.ts";
import { placeOrder } from "./place-order.ts";
import { removeCartItem } from "./remove-cart-item.ts";
import { routes } from "./routes.ts";
import { setCartItem } from "./set-cart-item.ts";

export default defineModule(definition, {
  handlers: [setCartItem, removeCartItem, getCart, placeOrder, listOrders, getOrder, cancelOrder],
  routes,
  migrations: new URL("../migrations/", import.meta.url),
});
