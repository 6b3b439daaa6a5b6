import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { LogLevelsView } from "../../api/logs.ts";
import type { Shown } from "../../api/shown.ts";
import type { ActOutcome } from "../../server/endpoint.ts";
import { logEndpoints } from "../../server/logs/endpoints.ts";
import { openScene, READER, type Scene } from "../server/scene.ts";

let scene: Scene;
before(async () => {
  scene = await openScene({ endpoints: logEndpoints });
});
after(() => scene.stop());

const levelOf = async (module: string) => {
  const { data } = (await (await scene.ask("/api/logs/levels")).json()) as Shown<LogLevelsView>;
  return data.modules.find((each) => each.module === module);
};
const change = { module: "doors", level: "warn", reason: "too much noise" };

test("a dry run tells what it would do, and does nothing", async () => {
  const answer = await scene.post("/api/logs/level", { ...change, dryRun: true });
  const { count, summary } = (await answer.json()) as ActOutcome;
  assert.deepEqual(
    { count, summary },
    { count: 1, summary: "doors logs warn and above for 15 min, then debug again" },
  );
  assert.deepEqual(await levelOf("doors"), { module: "doors", level: "debug", usual: "debug", until: null });
  assert.deepEqual(await scene.sql("select * from ashlar.log_levels"), []);
});

test("a change holds here at once, is there for the other instances, and is in the audit", async () => {
  const answer = await scene.post("/api/logs/level", { ...change, minutes: 5 });
  assert.equal(answer.status, 200, await answer.clone().text());
  const level = await levelOf("doors");
  assert.equal(level?.level, "warn");
  assert.ok(Math.abs(level!.until! - Date.now() - 5 * 60_000) < 60_000);
  const [row] = await scene.sql(
    "select module, level, until - now() between '4 min' and '5 min' as fits from ashlar.log_levels",
  );
  assert.deepEqual(row, { module: "doors", level: "warn", fits: true });
  const [action] = await scene.sql(
    "select action, reason from ashlar.operator_actions order by id desc limit 1",
  );
  assert.deepEqual(action, { action: "logs.level", reason: "too much noise" });
});

test("what cannot be is refused, all of it at once, and readers change nothing", async () => {
  const answer = await scene.post("/api/logs/level", {
    module: "nobody",
    level: "loud",
    minutes: 0,
    reason: "why not",
  });
  assert.equal(answer.status, 400);
  const { errors } = (await answer.json()) as { errors: { path: string }[] };
  assert.deepEqual(
    errors.map(({ path }) => path),
    ["/body/module", "/body/level", "/body/minutes"],
  );
  assert.equal((await scene.post("/api/logs/level", change, { token: READER })).status, 403);
});
