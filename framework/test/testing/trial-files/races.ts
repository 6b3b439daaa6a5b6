import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { fake, testApp } from "../../../src/testing/index.ts";
import { pricing, shelf, shelfModule } from "../shelf.ts";

// A module that nobody has had before, so that the processes that run this file race for its template.
const directory = process.env.TRIAL_MIGRATIONS!;

const { app } = await testApp({
  modules: [{ ...shelfModule, migrations: pathToFileURL(`${directory}/`) }],
  fakes: [fake(pricing)],
});

test("serves", async () => {
  await app.execute(shelf.offers, {});
  console.log(`app ${app.name}`);
});
