import { startEmbeddedPostgres } from "ashlar/postgres";
import type { Configuration } from "../hosts/monolith/configuration.ts";

/** The database of a running shop with the same settings, as its administrator. */
export async function openShopDatabase({
  database,
}: Configuration): Promise<AsyncDisposable & { readonly url: string }> {
  if (database.kind === "given") {
    return { url: database.url.reveal(), [Symbol.asyncDispose]: async () => {} };
  }
  // Joins the shop's own, which it also leaves running.
  const server = await startEmbeddedPostgres({ directory: database.directory, database: "shop" });
  return { url: server.url, [Symbol.asyncDispose]: () => server.stop() };
}
