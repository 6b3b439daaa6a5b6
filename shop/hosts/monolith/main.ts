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
let log: Logger | undefined;
let isReady = false;
try {
  const configuration = readConfiguration(process.env);
  log = createLog(configuration.logLevel);
  await run(configuration, log);
} catch (error) {
  // Asked to stop while it was still starting: what had been started is stopped, and that is all that was asked.
  if (isReady || !stopping.aborted) {
    console.error(failureText(error));
    log?.debug({ err: error }, "failed");
    process.exitCode = 1;
  }
}

async function run(configuration: Configuration, log: Logger): Promise<void> {
  const shop = await startShop(configuration, log, stopping);
  try {
    const edge = await open(shop, configuration);
    isReady = true;
    await aborted(stopping);
    log.info("stopping");
    await edge.stop();
  } finally {
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
