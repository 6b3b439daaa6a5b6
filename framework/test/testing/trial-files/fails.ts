import assert from "node:assert/strict";
import { test } from "node:test";
import { fake, testApp } from "../../../src/testing/index.ts";
import { pricing, shelfModule } from "../shelf.ts";

const shop = await testApp({ modules: [shelfModule], fakes: [fake(pricing)] });

test("fails", () => {
  assert.fail(`on ${new URL(shop.databaseUrl).pathname.slice(1)}`);
});
