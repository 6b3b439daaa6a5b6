import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { fake, type TestApp, testApp } from "../../../src/testing/index.ts";
import { pricing, shelf, shelfModule } from "../shelf.ts";

describe("an app started in a suite", () => {
  let shop: TestApp;

  before(async () => {
    shop = await testApp({ modules: [shelfModule], fakes: [fake(pricing)] });
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    // Registered after the app was started, on purpose: it still comes before the app is stopped.
    after(async () => {
      await shop.app.execute(shelf.offers, {});
      server.close();
      await once(server, "close");
    });
  });

  test("serves", async () => {
    await shop.app.execute(shelf.offers, {});
  });
});

const late = await testApp({ modules: [shelfModule], fakes: [fake(pricing)] });
const timer = setInterval(() => {}, 60_000);
after(async () => {
  await late.app.execute(shelf.offers, {});
  clearInterval(timer);
});
