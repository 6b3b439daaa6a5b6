/**
 * A place in the list of orders. Opaque to clients, so that what it is made of may change: now the id of the last
 * order shown, whose order is that of time.
 */
export function cursorAfter(id: string): string {
  return Buffer.from(id.replaceAll("-", ""), "hex").toString("base64url");
}

/** The id that a cursor stands for, or null for one that this list did not give out. */
export function positionOf(cursor: string): string | null {
  const bytes = Buffer.from(cursor, "base64url");
  if (bytes.length !== 16 || bytes.toString("base64url") !== cursor) return null;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
