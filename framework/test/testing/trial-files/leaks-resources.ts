import { createServer } from "node:net";
import { test } from "node:test";
import { fake, testApp } from "../../../src/testing/index.ts";
import { pricing, shelfModule } from "../shelf.ts";

await testApp({ modules: [shelfModule], fakes: [fake(pricing)] });

test("starts a timer and a server and forgets them", async () => {
  setInterval(() => {}, 60_000);
  await new Promise<void>((resolve) => createServer().listen(0, "127.0.0.1", resolve));
});
