import { ordering } from "../contract/index.ts";
import { buyerOf } from "./buyer.ts";
import { handle } from "./definition.ts";
import { readCart } from "./read-cart.ts";

export const getCart = handle(ordering.getCart, (_input, { sql, actor }) => readCart(sql, buyerOf(actor)));
