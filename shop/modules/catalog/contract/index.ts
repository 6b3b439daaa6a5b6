import { closed, command, contract, error, query, type Static, Type, view } from "ashlar/contract";

export const Sku = Type.String({ minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$" });

/** Integer minor units (cents for USD) and an ISO 4217 code. */
export const Money = closed({
  amount: Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 }),
  currency: Type.String({ pattern: "^[A-Z]{3}$" }),
});
export type Money = Static<typeof Money>;

export const Product = closed({
  sku: Sku,
  name: Type.String(),
  description: Type.String(),
  brand: Type.Union([Type.String(), Type.Null()]),
  /** Broad to narrow. */
  categories: Type.Array(Type.String()),
  price: Money,
  popularity: Type.Integer(),
  /** What can be ordered now. */
  available: Type.Integer(),
});
export type Product = Static<typeof Product>;

export const StockLevel = closed({
  sku: Sku,
  onHand: Type.Integer(),
  /** Promised to open orders. */
  reserved: Type.Integer(),
  available: Type.Integer(),
});
export type StockLevel = Static<typeof StockLevel>;

export const Rejection = closed({ line: Type.Integer(), reason: Type.String() });
export type Rejection = Static<typeof Rejection>;

export const ImportReport = closed({
  imported: Type.Integer(),
  unchanged: Type.Integer(),
  rejected: Type.Integer(),
  /** The first rejected rows, with the reason of each. */
  rejections: Type.Array(Rejection),
});
export type ImportReport = Static<typeof ImportReport>;

const UnknownSku = error("not_found", "There is no such product.", closed({ sku: Sku }));

/** What is for sale, at which price, and how much of it there is. */
export const catalog = contract("catalog", {
  /**
   * Takes over a batch of rows, in order and each by itself: a row that is not a product is rejected and the rest
   * goes on. A row that says what the catalogue already says changes nothing. The module's README describes a row.
   */
  importProducts: command({
    transaction: "own",
    input: closed({
      rows: Type.Array(closed({ line: Type.Integer(), row: Type.Unknown() }), { maxItems: 1000 }),
    }),
    output: ImportReport,
    errors: {
      /** Of whole files: nothing of such a file is imported. A batch of rows never fails with it. */
      FILE_UNREADABLE: error(
        "invalid",
        "The file cannot be read as products. Nothing of it was imported.",
        closed({ reason: Type.String() }),
      ),
    },
  }),

  /**
   * A page of the products that match: the best first with `q`, otherwise the most popular first. Following
   * `nextCursor` shows each matching product once. A cursor is good for the same filters only.
   */
  searchProducts: query({
    input: closed({
      q: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      category: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      brand: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      minPrice: Type.Optional(Type.Integer({ minimum: 0, description: "Minor units" })),
      maxPrice: Type.Optional(Type.Integer({ minimum: 0, description: "Minor units" })),
      cursor: Type.Optional(Type.String({ maxLength: 500 })),
      limit: Type.Integer({ minimum: 1, maximum: 100 }),
    }),
    output: closed({ items: Type.Array(Product), nextCursor: Type.Union([Type.String(), Type.Null()]) }),
    errors: { CURSOR_INVALID: error("invalid", "The cursor is not one that this search gave out.") },
  }),

  getProduct: query({ input: closed({ sku: Sku }), output: Product, errors: { UNKNOWN_SKU: UnknownSku } }),

  /** Sets what is on the shelf, as after a stock-take. It cannot be less than what is promised to open orders. */
  setStock: command({
    transaction: "own",
    input: closed({ sku: Sku, onHand: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }) }),
    output: StockLevel,
    errors: {
      UNKNOWN_SKU: UnknownSku,
      BELOW_RESERVED: error(
        "conflict",
        "More than that is promised to open orders.",
        closed({ sku: Sku, reserved: Type.Integer() }),
      ),
    },
  }),

  /**
   * Reserves stock for every line, or for none, and says what each costs now.
   * Joins the caller's transaction, so a rollback releases the stock. For an order that holds a reservation already
   * it reserves that much more. Fails for the first line that cannot be served.
   */
  reserveStock: command({
    transaction: "joins",
    input: closed({
      orderId: Type.String(),
      lines: Type.Array(
        closed({ sku: Sku, quantity: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }) }),
        { minItems: 1 },
      ),
    }),
    output: closed({
      lines: Type.Array(
        closed({ sku: Sku, name: Type.String(), quantity: Type.Integer(), unitPrice: Money }),
      ),
    }),
    errors: {
      UNKNOWN_SKU: UnknownSku,
      OUT_OF_STOCK: error(
        "conflict",
        "A line asks for more than is available.",
        closed({ sku: Sku, requested: Type.Integer(), available: Type.Integer() }),
      ),
    },
  }),

  /** Gives back all that an order had reserved; nothing when it holds no reservation. Joins the transaction. */
  releaseStock: command({
    transaction: "joins",
    input: closed({ orderId: Type.String() }),
    output: closed({ released: Type.Integer({ description: "Units given back" }) }),
  }),

  /** Names, prices and availability, for modules that show products beside their own rows. */
  productListing: view({
    view: "product_listing",
    row: closed({
      sku: Type.String(),
      name: Type.String(),
      price_amount: Type.Integer(),
      currency: Type.String(),
      available: Type.Integer(),
    }),
  }),
});
