// A process that logs and ends; its arguments say how.
import { createLog, LogLevels, Secret } from "../../../src/telemetry/index.ts";

const [how = "ends"] = process.argv.slice(2);
const log = createLog({ level: "info" });
const levels = new LogLevels(log);
const ordering = levels.loggerOf("ordering");
// Its timer must not keep the process.
levels.set("ordering", "debug");
ordering.debug({ order: 7, key: new Secret("hunter2") }, "placing");
ordering.child({ trace: "t-1" }).error({ err: new Error("boom\nsecond line") }, "failed");
log.info("last");
if (how === "floods") {
  // More than may wait. Who started it reads when it is told, and not before.
  for (let line = 0; line < 3_000; line++) log.info({ text: "x".repeat(8_000) }, "flood");
  process.send?.("flooded");
  process.once("message", () => process.disconnect());
}
if (how === "exits") process.exit(3);
if (how === "throws") throw new Error("uncaught");
