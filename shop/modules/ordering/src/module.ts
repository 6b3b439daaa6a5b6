import { defineModule } from "ashlar/module";
import { cancelOrder } from "./cancel-order.ts";
import { definition } from "./definition.ts";
import { expireEveryMinute, performExpireOrders } from "./expire-orders.ts";
import { getCart } from "./get-cart.ts";
import { getOrder } from "./get-order.ts";
import { listOrders } from "./list-orders.ts";
import { onPaymentCaptured } from "./on-payment-captured.ts";
import { onPaymentRefunded } from "./on-payment-refunded.ts";
import { placeOrder } from "./place-order.ts";
import { removeCartItem } from "./remove-cart-item.ts";
import { routes } from "./routes.ts";
import { performSendOrderMail } from "./send-order-mail.ts";
import { setCartItem } from "./set-cart-item.ts";
import { mailSubscribers } from "./write-order-mail.ts";

export type { Mail, Mailer } from "./mailer.ts";

export default defineModule(definition, {
  handlers: [setCartItem, removeCartItem, getCart, placeOrder, listOrders, getOrder, cancelOrder],
  jobs: [performExpireOrders, performSendOrderMail],
  on: [onPaymentCaptured, onPaymentRefunded, ...mailSubscribers],
  schedules: [expireEveryMinute],
  routes,
  migrations: new URL("../migrations/", import.meta.url),
});
