import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pino } from "pino";
import { RecentLines, recentLinesOf, Secret } from "../../../src/telemetry/index.ts";
import { collectedLog } from "./collected-log.ts";

describe("the recent lines", () => {
  it("are those at warn and above of a trace, from all loggers, without secrets", () => {
    for (const pretty of [false, true]) {
      const { log } = collectedLog({ pretty, level: "debug" });
      const ordering = log.child({ module: "ordering" });
      ordering.child({ trace: "t-1" }).warn({ token: "x", key: new Secret("hunter2") }, "first");
      ordering.child({ trace: "t-1" }).info("not kept");
      ordering.child({ trace: "t-2" }).error("of another");
      log.error({ trace: "t-1", err: new Error("boom") }, "second");
      ordering.warn("t-1");
      const found = recentLinesOf(ordering).ofTrace("t-1");
      assert.deepEqual(
        found.map(({ fields: { level, module, msg, key } }) => [level, module, msg, key]),
        [
          ["warn", "ordering", "first", "[secret]"],
          ["error", undefined, "second", undefined],
        ],
      );
      assert.equal((found[1]!.fields.err as { message: string }).message, "boom");
    }
  });

  it("are bounded in number and in size, and the youngest are kept", () => {
    const line = (trace: number, size = 0) =>
      `${JSON.stringify({ trace: `t-${trace}`, msg: "x".repeat(size) })}\n`;
    const few = new RecentLines({ most: 3, mostCharacters: 10_000 });
    for (let trace = 1; trace <= 100; trace++) {
      few.keep(line(trace));
      assert.equal(few.size, Math.min(trace, 3));
    }
    assert.deepEqual(few.ofTrace("t-97"), []);
    for (const trace of ["t-98", "t-99", "t-100"]) assert.equal(few.ofTrace(trace).length, 1);
    for (let trace = 1; trace <= 3; trace++) few.keep(line(trace, 6_000));
    assert.equal(few.size, 1);
    few.keep(line(4, 20_000));
    assert.deepEqual([few.size, few.ofTrace("t-4").length, few.ofTrace("t-3").length], [1, 1, 0]);
    for (let trace = 5; trace <= 7; trace++) few.keep(line(trace));
    assert.equal(few.size, 3, "what is gone does not count any longer");
  });

  it("are none of a log that keeps none", () => {
    assert.deepEqual(recentLinesOf(pino({ level: "silent" })).ofTrace("t-1"), []);
  });
});
