import { closed } from "ashlar/contract";
import { ordering } from "../contract/index.ts";
import { job } from "./definition.ts";
import { Occasion } from "./order-mail.ts";

/** Ends all orders that were not paid in time. One such job at a time is enough: it takes all that there are. */
export const expireOrders = job("expireOrders", {
  payload: closed({}),
  // A transaction for each order, so that one that fails takes none with it.
  transaction: "none",
  unique: { by: "kind" },
  // The next minute brings the next one.
  maxAttempts: 3,
});

/** Writes to the buyer of an order. */
export const sendOrderMail = job("sendOrderMail", {
  payload: closed({ orderId: ordering.getOrder.input.properties.id, occasion: Occasion }),
  transaction: "none",
  queue: "mail",
});
