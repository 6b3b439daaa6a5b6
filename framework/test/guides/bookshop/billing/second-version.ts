import { closed, contract, event, Type } from "ashlar/contract";

const Money = closed({ cents: Type.Integer(), currency: Type.String() });

/** As payments were told of before they had a currency. */
interface CapturedV1 {
  readonly paymentId: string;
  readonly orderId: string;
  readonly cents: number;
}

export const billing = contract("billing", {
  paymentCaptured: event({
    version: 2,
    payload: closed({ paymentId: Type.String(), orderId: Type.String(), amount: Money }),
    upcast: {
      1: ({ cents, ...rest }: CapturedV1) => ({ ...rest, amount: { cents, currency: "EUR" } }),
    },
  }),
});
