import { defineModule } from "ashlar/module";
import { definition } from "./definition.ts";
import { onPaymentCaptured } from "./on-payment-captured.ts";
import { placeOrder } from "./place-order.ts";
import { performExpireOrders, schedules } from "./schedules.ts";
import { performSendReceipt } from "./send-receipt.ts";

export default defineModule(definition, {
  handlers: [placeOrder],
  jobs: [performSendReceipt, performExpireOrders],
  on: [onPaymentCaptured],
  schedules,
  migrations: new URL("./migrations/", import.meta.url),
});
