import assert from "node:assert/strict";
import { test } from "node:test";
import { ContractError, closed, command, contract, event } from "../../src/contract/index.ts";
import {
  BootError,
  createApp,
  define,
  defineModule,
  type Module,
  type ModuleParts,
  ports,
} from "../../src/module/index.ts";

const nothing = closed({});
const desk = contract("desk", {
  write: command({ transaction: "own", input: nothing, output: nothing }),
  written: event({ version: 1, payload: nothing }),
});
const other = contract("other", { said: event({ version: 1, payload: nothing }) });

interface DeskPorts {
  readonly printer: object;
}

/** A definition of its own for each test, since it remembers what was declared. */
function deskDefinition() {
  return define(desk, { queues: { mail: { limit: 5 } }, ports: ports<DeskPorts>("printer") });
}

function faultsOf(
  definition: ReturnType<typeof deskDefinition>,
  parts: Partial<ModuleParts>,
  adapters: Record<string, Record<string, unknown>> = { desk: { printer: {} } },
  more: Module[] = [],
): string[] {
  const write = definition.handle(desk.write, async () => ({}));
  try {
    createApp({
      name: "house",
      modules: [defineModule(definition, { handlers: [write], ...parts }), ...more],
      adapters,
    });
    return [];
  } catch (error) {
    assert.ok(error instanceof BootError);
    return error.faults.map(({ code, key, message }) => `${code} ${key}: ${message}`);
  }
}

test("a module with good jobs, schedules and subscribers has no faults", () => {
  const definition = deskDefinition();
  const print = definition.job("print", { payload: nothing, queue: "mail" });
  assert.deepEqual(
    faultsOf(definition, {
      jobs: [definition.perform(print, async () => {})],
      schedules: [
        definition.schedule("daily", {
          cron: "0 3 * * *",
          timeZone: "Europe/Berlin",
          job: print,
          payload: {},
        }),
      ],
      on: [definition.on(desk.written, { name: "noteIt" }, async () => {})],
    }),
    [],
  );
});

test("a declared job without a handler is refused", () => {
  const definition = deskDefinition();
  definition.job("print", { payload: nothing });
  const [fault, ...rest] = faultsOf(definition, {});
  assert.match(
    fault!,
    /^ASHLAR_JOB_HANDLER_MISSING job print: nothing performs desk\.print; write its handler/,
  );
  assert.deepEqual(rest, []);
});

test("what is wrong with a kind's policy is told with what would be right", () => {
  const definition = deskDefinition();
  const kinds = [
    definition.job("Print", { payload: nothing }),
    definition.job("post", { payload: nothing, queue: "nowhere" }),
    definition.job("fold", { payload: nothing, priority: 0.5, maxAttempts: 0, timeoutMs: -1 }),
    definition.job("seal", { payload: nothing, queue: "mail", limit: { maximum: 1 } }),
    definition.job("rush", { payload: nothing, rate: { maximum: 0, perMs: 1000 } }),
  ];
  const faults = faultsOf(definition, {
    jobs: kinds.map((kind) => definition.perform(kind, async () => {})),
  });
  const expected = [
    /job Print: its name must match/,
    /job post: desk has no queue nowhere; declare it in `queues` or use one of default, mail/,
    /job fold: priority is a whole number/,
    /job fold: maxAttempts/,
    /job fold: timeoutMs/,
    /job seal: queue mail has a limit already/,
    /job rush: rate has a whole number of starts/,
  ];
  assert.equal(faults.length, expected.length, faults.join("\n"));
  for (const [index, pattern] of expected.entries()) assert.match(faults[index]!, pattern);
});

test("a schedule that cannot be read is refused", () => {
  const definition = deskDefinition();
  const print = definition.job("print", { payload: nothing });
  const schedule = (name: string, timing: object) =>
    definition.schedule(name, { ...timing, job: print, payload: {} });
  const faults = faultsOf(definition, {
    jobs: [definition.perform(print, async () => {})],
    schedules: [
      schedule("a", { cron: "99 * * * *" }),
      schedule("b", { cron: "0 3 * * *", timeZone: "Mars/Phobos" }),
      schedule("c", {}),
      schedule("d", { cron: "0 3 * * *", everyMs: 1000 }),
      schedule("ok", { everyMs: 1000 }),
      schedule("ok", { everyMs: 1000 }),
    ],
  });
  assert.deepEqual([...new Set(faults.map((fault) => fault.split(":")[0]))].sort(), [
    "ASHLAR_SCHEDULE_DUPLICATE schedule ok",
    "ASHLAR_SCHEDULE_INVALID schedule a",
    "ASHLAR_SCHEDULE_INVALID schedule b",
    "ASHLAR_SCHEDULE_INVALID schedule c",
    "ASHLAR_SCHEDULE_INVALID schedule d",
  ]);
});

test("a subscriber needs a publisher in the app, and a name of its own", () => {
  const definition = deskDefinition();
  const faults = faultsOf(definition, {
    on: [
      definition.on(other.said, { name: "hear" }, async () => {}),
      definition.on(desk.written, { name: "twice" }, async () => {}),
      definition.on(desk.written, { name: "twice" }, async () => {}),
    ],
  });
  assert.deepEqual(faults.map((fault) => fault.split(":")[0]).sort(), [
    "ASHLAR_EVENT_UNKNOWN subscriber hear",
    "ASHLAR_SUBSCRIBER_DUPLICATE subscriber twice",
  ]);
});

test("every port is connected, and nothing else is", () => {
  const definition = deskDefinition();
  assert.match(
    faultsOf(definition, {}, {})[0]!,
    /^ASHLAR_ADAPTER_MISSING port printer: .*adapters: \{ desk: \{ printer/,
  );
  assert.match(
    faultsOf(definition, {}, { desk: { printer: {}, fax: {} } })[0]!,
    /^ASHLAR_ADAPTER_UNKNOWN adapter fax/,
  );
});

test("an event says what becomes of its older versions", () => {
  assert.throws(() => contract("a", { said: event({ version: 0, payload: nothing }) }), ContractError);
  assert.throws(
    () => contract("a", { said: event({ version: 3, payload: nothing, upcast: { 1: () => ({}) } }) }),
    /said: version 2 is still stored somewhere; say in upcast\[2\]/,
  );
  assert.throws(
    () => contract("a", { said: event({ version: 1, payload: nothing, upcast: { 1: () => ({}) } }) }),
    /upcast\[1\] is for no version below 1/,
  );
  assert.throws(() => contract("ashlar", {}), /the framework has a schema of that name/);
});
