import { closed, command, contract, Type } from "ashlar/contract";

export const ordering = contract("ordering", {
  placeOrder: command({
    transaction: "own",
    input: closed({ email: Type.String() }),
    output: closed({ orderId: Type.String() }),
  }),
});
