import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { AppDescription } from "ashlar/module";
import { emptyModule } from "../../../graph/test/many-modules.ts";
import { databaseModules } from "../../src/doctor/database-modules.ts";

test("views are known to the database by their names in the schema", () => {
  const app: AppDescription = {
    name: "shop",
    modules: [
      {
        ...emptyModule("catalog"),
        migrations: "modules/catalog/migrations",
        views: [{ id: "catalog.productListing", name: "productListing", view: "product_listing", row: {} }],
      },
      { ...emptyModule("ordering"), reads: ["catalog.productListing"] },
    ],
  };
  assert.deepEqual(databaseModules(app, "/srv/shop"), [
    {
      name: "catalog",
      migrations: join("/srv/shop", "modules/catalog/migrations"),
      publishes: ["product_listing"],
      reads: [],
    },
    {
      name: "ordering",
      migrations: "",
      publishes: [],
      reads: [{ module: "catalog", view: "product_listing" }],
    },
  ]);
});
