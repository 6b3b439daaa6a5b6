import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it, mock } from "node:test";
import { LogLevelError, LogLevels } from "../../../src/telemetry/index.ts";
import { collectedLog } from "./collected-log.ts";

const MINUTE = 60_000;

describe("the level of a module", () => {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"] }));
  afterEach(() => mock.timers.reset());

  function levels() {
    const { log, lines, fields } = collectedLog();
    const levels = new LogLevels(log);
    return {
      log,
      levels,
      lines,
      fields,
      ordering: levels.loggerOf("ordering"),
      billing: levels.loggerOf("billing"),
    };
  }

  it("is changed for fifteen minutes and goes back by itself", () => {
    const { levels: changed, lines, fields, ordering, billing } = levels();
    ordering.debug("off");
    const { level, usual, until } = changed.set("ordering", "debug");
    assert.deepEqual([level, usual, until], ["debug", "info", new Date(15 * MINUTE)]);
    ordering.debug("on");
    billing.debug("another module");
    mock.timers.tick(15 * MINUTE - 1);
    ordering.debug("still on");
    mock.timers.tick(1);
    ordering.debug("off again");
    ordering.info("as before");
    assert.deepEqual(
      fields().map(({ module, msg }) => [module, msg]),
      [
        ["ordering", "on"],
        ["ordering", "still on"],
        ["ordering", "as before"],
      ],
    );
    assert.equal(lines.length, 3);
    assert.deepEqual(
      changed.list().map(({ module, level, until }) => [module, level, until]),
      [
        ["app", "info", null],
        ["ordering", "info", null],
        ["billing", "info", null],
      ],
    );
  });

  it("reaches loggers that runs hold already, both ways", () => {
    const { levels: changed, lines, ordering } = levels();
    const run = ordering.child({ trace: "t-1" });
    run.debug("off");
    changed.set("ordering", "debug", MINUTE);
    run.debug("on");
    mock.timers.tick(MINUTE);
    run.debug("off");
    assert.equal(lines.length, 1);
  });

  it("follows the last of several changes, with its time", () => {
    const { levels: changed } = levels();
    const level = () => changed.list().find(({ module }) => module === "ordering")!.level;
    changed.set("ordering", "debug", 10 * MINUTE);
    mock.timers.tick(5 * MINUTE);
    changed.set("ordering", "trace", 10 * MINUTE);
    mock.timers.tick(6 * MINUTE);
    assert.equal(level(), "trace");
    changed.set("ordering", "error", MINUTE);
    assert.equal(level(), "error");
    mock.timers.tick(MINUTE);
    assert.equal(level(), "info");
    changed.set("ordering", "debug");
    assert.equal(changed.set("ordering", "info").until, null);
    mock.timers.tick(60 * MINUTE);
    assert.equal(level(), "info");
  });

  it("of the app is that of the lines of no module", () => {
    const { levels: changed, lines, log, ordering } = levels();
    changed.set("app", "warn");
    log.info("the edge");
    ordering.info("a module");
    assert.equal(lines.length, 1);
  });

  it("is an empty function when it is off", () => {
    const { levels: changed, ordering } = levels();
    const off = ordering.debug;
    changed.set("ordering", "debug", MINUTE);
    assert.notEqual(ordering.debug, off);
    mock.timers.tick(MINUTE);
    assert.equal(ordering.debug, off);
    assert.equal(String(off).replaceAll(/\s/g, ""), "functionnoop(){}");
  });

  it("is refused for a module, a level or a time that cannot be", () => {
    const { levels: changed } = levels();
    const refused = (message: RegExp) => ({
      name: "LogLevelError",
      code: "ASHLAR_LOG_LEVEL_REFUSED",
      message,
    });
    assert.throws(
      () => changed.set("order", "debug"),
      refused(/no module "order".* app, ordering, billing\./),
    );
    assert.throws(() => changed.set("ordering", "loud" as "debug"), refused(/"loud" is no level/));
    for (const time of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
      assert.throws(() => changed.set("ordering", "debug", time), LogLevelError);
    }
  });
});
