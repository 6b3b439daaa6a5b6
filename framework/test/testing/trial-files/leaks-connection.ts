import { test } from "node:test";
import pg from "pg";
import { fake, testApp } from "../../../src/testing/index.ts";
import { pricing, shelfModule } from "../shelf.ts";

const shop = await testApp({ modules: [shelfModule], fakes: [fake(pricing)] });

test("opens a connection and forgets it", async () => {
  const client = new pg.Client({ connectionString: shop.databaseUrl, application_name: "forgotten" });
  // The kit cuts the connection when it drops the database.
  client.on("error", () => {});
  await client.connect();
  await client.query("select 'from the leaky test'");
});
