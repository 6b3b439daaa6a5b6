/** Decimals of the currencies that the catalogue takes prices in (ISO 4217). */
const DECIMALS: ReadonlyMap<string, number> = new Map([
  ["USD", 2],
  ["EUR", 2],
  ["GBP", 2],
  ["CHF", 2],
  ["CAD", 2],
  ["AUD", 2],
  ["JPY", 0],
]);

export const DEFAULT_CURRENCY = "USD";
const HIGHEST_AMOUNT = 1_000_000_000_000;
const DECIMAL = /^(?<whole>\d+)(?:\.(?<fraction>\d+))?$/;

export function isCurrency(code: string): boolean {
  return DECIMALS.has(code);
}

export function currencies(): string {
  return [...DECIMALS.keys()].join(", ");
}

/**
 * A price in minor units, from its decimal text: `49.99` becomes 4999. Digit by digit and without arithmetic on
 * fractions, because 4.35 * 100 is not 435. Returns the reason when it is no price in that currency.
 */
export function minorUnits(text: string, currency: string): number | string {
  const { whole, fraction = "" } = DECIMAL.exec(text)?.groups ?? {};
  if (whole === undefined) return "must be a number like 49.99, without a sign, a currency or separators";
  const decimals = DECIMALS.get(currency) ?? 0;
  if (fraction.length > decimals) {
    return decimals === 0 ? `has decimals, and ${currency} has none` : `has more than ${decimals} decimals`;
  }
  const amount = Number(whole + fraction.padEnd(decimals, "0"));
  return amount > HIGHEST_AMOUNT ? `is above ${HIGHEST_AMOUNT} minor units` : amount;
}
