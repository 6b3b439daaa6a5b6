// One instance of the app as a process of its own, told by argv[2] what to be. Reports to its parent and is asked by
// it over IPC. Ends as a host would: on SIGTERM gracefully, on a second one at once.
import { once } from "node:events";
import { Pool } from "../../../src/postgres/index.ts";
import type { InstanceOrder, Report, Request } from "./instance-order.ts";
import { millApp } from "./mill.ts";

const order = JSON.parse(process.argv[2] ?? "{}") as InstanceOrder;
// Whoever started it is gone, however that came.
process.once("disconnect", () => process.exit(1));
const tell = (report: Report) => process.send?.(report);

const app = millApp(order.name, { schedules: order.schedules, logLevel: process.env.LOG_LEVEL ?? "error" });
await app.start({ pool: new Pool({ connection: order.connection }) });
tell({ is: "ready" });
if (order.waits) await once(process, "message");
const worker = await app.work(order.work);
process.on("message", (request: Request) => {
  if (request === "stats") tell({ is: "stats", stats: worker.stats() });
});
let isStopping = false;
process.on("SIGTERM", async () => {
  if (isStopping) {
    await worker.stop();
    process.exit(1);
  }
  isStopping = true;
  await worker.stop();
  await app.stop();
  process.exit(0);
});
tell({ is: "working" });
