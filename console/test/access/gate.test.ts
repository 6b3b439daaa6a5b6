import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ActEndpoint } from "../../server/index.ts";
import { OPERATOR, openScene, PASSWORD, problemOf, READER, type Scene } from "../server/scene.ts";

const done: string[] = [];
const note: ActEndpoint = {
  kind: "act",
  path: "/test/note",
  action: "test.note",
  parse: (body) => body,
  act: async ({ dryRun, reason }) => {
    if (!dryRun) done.push(reason);
    return { count: 1, summary: "It was noted" };
  },
};

let scene: Scene;
before(async () => {
  scene = await openScene({ endpoints: () => [note] });
});
after(() => scene.stop());

const UNAUTHENTICATED = { status: 401, code: "UNAUTHENTICATED" };
const FORBIDDEN = { status: 403, code: "FORBIDDEN" };

describe("whoever is not let in gets the same answer, whatever the reason", () => {
  const strangers: Record<string, Parameters<Scene["ask"]>[1]> = {
    "no token": { token: null },
    "a forged cookie": { token: "made-up" },
    "a cookie that is no token": { token: "a b; c" },
    "two cookies": { token: null, headers: { cookie: `ashlar-console=${OPERATOR}; ashlar-console=other` } },
    "a cookie of another name": { token: null, headers: { cookie: `x-ashlar-console=${OPERATOR}` } },
    "a customer": { token: "customer-token" },
    "an API key of an operator": { token: "key-token" },
    "an API key as a bearer": { token: null, headers: { authorization: "Bearer key-token" } },
    "another scheme": { token: null, headers: { authorization: `Basic ${OPERATOR}` } },
    "a bad bearer beside a good cookie": { headers: { authorization: "Bearer made-up" } },
  };
  for (const [who, asking] of Object.entries(strangers)) {
    test(who, async () => {
      for (const path of ["/api/session", "/api/audit", "/api/actions/1", "/api/live?topics=now"]) {
        const answer = await scene.ask(path, asking);
        assert.equal(answer.headers.get("cache-control"), "no-store");
        const { trace, ...problem } = (await answer.json()) as Record<string, unknown>;
        assert.ok(trace);
        assert.deepEqual(problem, {
          type: "urn:ashlar:problem:UNAUTHENTICATED",
          title: "This operation needs a valid bearer token.",
          status: 401,
          code: "UNAUTHENTICATED",
        });
      }
      const acted = await scene.post("/api/test/note", { reason: "as a stranger" }, asking);
      assert.deepEqual(await problemOf(acted), UNAUTHENTICATED);
    });
  }
});

test("operators and readers see who they are", async () => {
  const as = async (asking: Parameters<Scene["ask"]>[1]) => {
    const view = (await (await scene.ask("/api/session", asking)).json()) as Record<string, unknown>;
    return [view.actor, view.access];
  };
  assert.deepEqual(await as({}), ["account:olga", "operator"]);
  assert.deepEqual(await as({ token: READER }), ["account:sam", "reader"]);
  const bearer = { token: null, headers: { authorization: `Bearer ${OPERATOR}`, "x-ashlar-console": null } };
  assert.deepEqual(await as(bearer), ["account:olga", "operator"]);
});

describe("only an operator's own page changes something", () => {
  const attempts: Record<string, [asking: Parameters<Scene["ask"]>[1], problem: typeof FORBIDDEN]> = {
    "a reader": [{ token: READER }, FORBIDDEN],
    "another site": [{ headers: { "sec-fetch-site": "cross-site" } }, FORBIDDEN],
    "another host of the same site": [{ headers: { "sec-fetch-site": "same-site" } }, FORBIDDEN],
    "an address typed by hand": [{ headers: { "sec-fetch-site": "none" } }, FORBIDDEN],
    "an old browser on another site": [
      { headers: { "sec-fetch-site": null, origin: "http://evil.example" } },
      FORBIDDEN,
    ],
    "a frame without an origin": [{ headers: { "sec-fetch-site": null, origin: "null" } }, FORBIDDEN],
    "neither origin nor site": [{ headers: { "sec-fetch-site": null } }, FORBIDDEN],
    "a form, which cannot set the header": [{ headers: { "x-ashlar-console": null } }, FORBIDDEN],
  };
  for (const [who, [asking, problem]] of Object.entries(attempts)) {
    test(`not ${who}`, async () => {
      done.length = 0;
      for (const dryRun of [true, false]) {
        const answer = await scene.post("/api/test/note", { reason: "because I can", dryRun }, asking);
        assert.deepEqual(await problemOf(answer), problem);
      }
      assert.deepEqual(done, []);
    });
  }

  test("but an operator's page, an old browser's too, and an operator's program", async () => {
    done.length = 0;
    const host = new URL(scene.edge.url).origin;
    const askings: Parameters<Scene["ask"]>[1][] = [
      {},
      { headers: { "sec-fetch-site": null, origin: host } },
      {
        token: null,
        headers: { authorization: `Bearer ${OPERATOR}`, "x-ashlar-console": null, "sec-fetch-site": null },
      },
    ];
    for (const asking of askings) {
      const answer = await scene.post("/api/test/note", { reason: "for the test" }, asking);
      assert.equal(answer.status, 200, await answer.clone().text());
    }
    assert.equal(done.length, askings.length);
  });
});

describe("signing in", () => {
  const signIn = (name: string, password: string, asking = {}) =>
    scene.post("/api/session", { name, password }, { token: null, ...asking });

  test("gives a cookie that scripts, other sites and other paths do not get", async () => {
    const answer = await signIn("operator", PASSWORD);
    assert.equal(answer.status, 204);
    assert.equal(
      answer.headers.get("set-cookie"),
      `ashlar-console=${OPERATOR}; Path=/console; HttpOnly; SameSite=Strict; Max-Age=43200`,
    );
    assert.equal(answer.headers.get("cache-control"), "no-store");
  });

  test("says nothing of why it failed, and closes what was opened for a customer", async () => {
    const texts = [];
    for (const [name, password] of [
      ["operator", "wrong"],
      ["nobody", PASSWORD],
      ["customer", PASSWORD],
    ] as const) {
      const answer = await signIn(name, password);
      assert.equal(answer.headers.get("set-cookie"), null);
      texts.push((await answer.text()).replace(/"trace":"\w+"/, ""));
    }
    assert.equal(new Set(texts).size, 1);
    assert.deepEqual(scene.closed, ["customer-token"]);
  });

  test("is limited as the app limits it", async () => {
    const answer = await signIn("often", PASSWORD);
    assert.equal(answer.status, 429);
    assert.equal(answer.headers.get("retry-after"), "30");
  });

  test("is not done by other sites, nor with other bodies", async () => {
    const foreign = await signIn("operator", PASSWORD, { headers: { "sec-fetch-site": "cross-site" } });
    assert.deepEqual(await problemOf(foreign), FORBIDDEN);
    for (const body of [null, [], "x", {}, { name: "operator" }, { name: "a", password: "b", more: 1 }]) {
      const answer = await scene.post("/api/session", body, { token: null });
      assert.deepEqual(await problemOf(answer), { status: 400, code: "REQUEST_INVALID" });
    }
    const long = await signIn("operator", "x".repeat(5_000));
    assert.equal(long.status, 400);
    const huge = await signIn("operator", "x".repeat(2_000_000));
    assert.deepEqual(await problemOf(huge), { status: 413, code: "BODY_TOO_LARGE" });
  });

  test("the form is for anybody", async () => {
    const answer = await scene.ask("/api/sign-in", { token: null });
    assert.deepEqual(await answer.json(), { app: "doors_app", asksFor: "password" });
  });
});

test("signing out takes the cookie away, closes the session and is over at once", async () => {
  scene.tokens.set("second", { id: "olga", roles: ["operator"] });
  assert.equal((await scene.ask("/api/session", { token: "second" })).status, 200);
  const foreign = await scene.ask("/api/session", {
    method: "DELETE",
    token: "second",
    headers: { "sec-fetch-site": "cross-site" },
  });
  assert.equal(foreign.status, 403);
  assert.equal((await scene.ask("/api/session", { token: "second" })).status, 200);

  const answer = await scene.ask("/api/session", { method: "DELETE", token: "second" });
  assert.equal(answer.status, 204);
  assert.match(answer.headers.get("set-cookie") ?? "", /^ashlar-console=; .*Max-Age=0$/);
  assert.equal(scene.closed.at(-1), "second");
  // As the app's `close` would have it; the console's own memory must not let it in either.
  scene.tokens.delete("second");
  assert.deepEqual(await problemOf(await scene.ask("/api/session", { token: "second" })), UNAUTHENTICATED);
});

test("a screen that asks for many things at once is asked about once, an action each time", async () => {
  scene.tokens.set("third", { id: "olga", roles: ["operator"] });
  await scene.ask("/api/session", { token: "third" });
  const before = scene.asked.count;
  await Promise.all(Array.from({ length: 10 }, () => scene.ask("/api/session", { token: "third" })));
  assert.equal(scene.asked.count, before);
  // A role that was taken a second ago does not act any more.
  scene.tokens.set("third", { id: "olga", roles: ["support"] });
  const acted = await scene.post("/api/test/note", { reason: "too late" }, { token: "third" });
  assert.deepEqual(await problemOf(acted), FORBIDDEN);
});
