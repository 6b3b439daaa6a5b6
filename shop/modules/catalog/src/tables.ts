export interface ProductRow {
  sku: string;
  name: string;
  description: string;
  brand: string | null;
  categories: string[];
  /** Minor units. */
  price_amount: number;
  currency: string;
  popularity: number;
  /** A tsvector, generated. */
  search: string;
  created_at: Date;
  updated_at: Date;
}

export interface StockRow {
  sku: string;
  on_hand: number;
  reserved: number;
}

export interface ReservationRow {
  order_id: string;
  sku: string;
  quantity: number;
}

export interface Tables {
  products: ProductRow;
  stock: StockRow;
  reservations: ReservationRow;
}
