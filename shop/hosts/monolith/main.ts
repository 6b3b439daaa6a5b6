// `npm start`: the whole shop in one process. Ends with exit code 0 when it is asked to stop, 1 when it cannot start.
import { type Edge, serve } from "ashlar/http";
import type { Logger } from "pino";
import { banner } from "./banner.ts";
import { type Configuration, readConfiguration } from "./configuration.ts";
import { ensureDemo } from "./demo.ts";
import { createLog } from "./log.ts";
import { failureText } from "./start-failure.ts";
import { type StartedShop, startShop } from "./start-shop.ts";
import { aborted, stopSignal } from "./stop-signal.ts";

const stopping = stopSignal();
try {
  const configuration = readConfiguration(process.env);
  await run(configuration, createLog(configuration.logLevel));
} catch (error) {
  // Asked to stop while it was still starting: what had been started is stopped, and that is all that was asked.
  if (!stopping.aborted) {
    console.error(failureText(error));
    process.exitCode = 1;
  }
}

async function run(configuration: Configuration, log: Logger): Promise<void> {
  const shop = await startShop(configuration, log, stopping);
  let edge: Edge | undefined;
  try {
    edge = await open(shop, configuration);
    await aborted(stopping);
    log.info("stopping");
  } finally {
    await edge?.stop();
    await shop.stop();
  }
}

async function open({ app, report, database }: StartedShop, configuration: Configuration): Promise<Edge> {
  stopping.throwIfAborted();
  const demo = configuration.demo ? await ensureDemo(app, configuration) : [];
  stopping.throwIfAborted();
  const edge = await serve(app, {
    host: configuration.host,
    port: configuration.port,
    api: { title: "The Ashlar shop", version: "0.1.0" },
  });
  console.log(banner({ url: edge.url, database, report, demo }));
  console.log(`\nready ${edge.url}`);
  return edge;
}
