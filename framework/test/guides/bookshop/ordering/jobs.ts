import { closed, Type } from "ashlar/contract";
import { job } from "./definition.ts";

export const sendReceipt = job("sendReceipt", {
  payload: closed({ orderId: Type.String() }),
  queue: "mail",
  maxAttempts: 10,
});

export const expireOrders = job("expireOrders", { payload: closed({}), unique: { by: "kind" } });
