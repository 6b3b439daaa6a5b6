// A payment provider for development and tests, as a process of its own. README.md says how to start and use it.
import type { AddressInfo } from "node:net";
import { createApi } from "./api.ts";
import { readConfiguration } from "./configuration.ts";
import { Transactions } from "./transactions.ts";
import { Webhooks } from "./webhooks.ts";

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const configuration = readConfiguration(process.env);
  const transactions = await Transactions.open(configuration.stateFile, configuration.times);
  if (configuration.webhook !== null) await transactions.setWebhook(configuration.webhook);
  const webhooks = new Webhooks(transactions, configuration.times);
  const server = createApi({ configuration, transactions, webhooks });
  const stopped = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopped.resolve());
  if (configuration.stopsWithInput) process.stdin.once("end", () => stopped.resolve()).resume();

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(configuration.port, configuration.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  console.log(`ready http://${configuration.host}:${port}`);

  await stopped.promise;
  server.close();
  server.closeAllConnections();
  await webhooks.stop();
  await transactions.close();
  process.stdin.destroy();
}
