import { closed, contract, event, Type } from "ashlar/contract";

export const billing = contract("billing", {
  /** The money of an order is ours. */
  paymentCaptured: event({
    version: 1,
    payload: closed({ paymentId: Type.String(), orderId: Type.String(), cents: Type.Integer() }),
  }),
});
