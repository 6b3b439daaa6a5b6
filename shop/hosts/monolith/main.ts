// `npm start`: the whole shop in one process. Ends with exit code 0 when it is asked to stop, 1 when it cannot start.
import { type Edge, serve } from "ashlar/http";
import { createLog } from "ashlar/telemetry";
import type { Logger } from "pino";
import { banner } from "./banner.ts";
import { type Configuration, readConfiguration } from "./configuration.ts";
import { openShopConsole } from "./console.ts";
import { ensureDemo } from "./demo.ts";
import { mailFolder } from "./mail-folder.ts";
import { openPayments, type Payments } from "./payments.ts";
import { failureText } from "./start-failure.ts";
import { type StartedShop, startShop } from "./start-shop.ts";
import { aborted, stopSignal } from "./stop-signal.ts";
import { exportTraces } from "./trace-export.ts";

const stopping = stopSignal();
let log: Logger | undefined;
let isReady = false;
try {
  const configuration = readConfiguration(process.env);
  log = createLog({ level: configuration.logLevel });
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
  const payments = await openPayments(configuration, log);
  try {
    stopping.throwIfAborted();
    const { mailDirectory, unpaidMinutes } = configuration;
    const outside = { payments, mailer: mailFolder(mailDirectory), unpaidMinutes };
    const shop = await startShop(configuration, outside, log, stopping);
    const exporter = exportTraces(shop.app, configuration, log);
    try {
      await serveUntilStopped(shop, payments, configuration, log);
    } finally {
      await shop.stop();
      // After the app, which lets go of the last traces when it stops.
      await exporter?.stop();
    }
  } finally {
    // Last: until then a job may be under way that asks it something.
    await payments.stop();
  }
}

async function serveUntilStopped(
  shop: StartedShop,
  payments: Payments,
  configuration: Configuration,
  log: Logger,
): Promise<void> {
  const { app } = shop;
  stopping.throwIfAborted();
  const demo = configuration.demo ? await ensureDemo(app, configuration) : [];
  stopping.throwIfAborted();
  const operators = await openShopConsole(shop, configuration);
  let edge: Edge | undefined;
  try {
    edge = await serve(app, {
      host: configuration.host,
      port: configuration.port,
      metrics: configuration.metrics,
      behindHttps: configuration.behindHttps,
      parts: operators === null ? [] : [operators],
      api: { title: "The Ashlar shop", version: "0.1.0" },
    });
    const { concurrency, pollOnly } = configuration.jobs;
    const worker = await app.work({ pollOnly, ...(concurrency === undefined ? {} : { concurrency }) });
    await payments.announce(edge.url);
    const { url } = edge;
    const { mailDirectory } = configuration;
    console.log(banner({ url, hasConsole: operators !== null, shop, payments, mailDirectory, demo }));
    console.log(`\nready ${url}`);
    isReady = true;
    await aborted(stopping);
    log.info("stopping");
    // At once: readiness goes off, no further job is claimed, and what runs on either side is let run.
    await Promise.all([edge.stop(), worker.stop()]);
  } finally {
    await edge?.stop();
    // Before the app: an action of an operator that is still under way ends first.
    await operators?.stop();
  }
}
