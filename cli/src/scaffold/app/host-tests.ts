import type { ModuleNames } from "../module/names-of-module.ts";

export const APP_TEST = `import assert from "node:assert/strict";
import { after, test } from "node:test";
import { serve } from "ashlar/http";
import { testApp } from "ashlar/testing";
import { modules } from "../app.ts";
import { authenticateBy } from "../authenticate.ts";

const { app } = await testApp({ modules, authenticate: authenticateBy("token-for-tests") });
const edge = await serve(app, { host: "127.0.0.1", port: 0 });
after(() => edge.stop());

test("all modules together are ready to serve", async () => {
  assert.equal((await fetch(\`\${edge.url}/health/ready\`)).status, 200);
});

test("whoever shows no token, or a wrong one, gets past no route that asks for it", async () => {
  for (const { routes } of app.graph.modules) {
    for (const { method, path, auth } of routes) {
      if (auth.kind === "anyone") continue;
      for (const headers of [{}, { authorization: "Bearer guessed" }]) {
        const { status } = await fetch(edge.url + path, { method, headers });
        assert.equal(status, 401, \`\${method} \${path}\`);
      }
    }
  }
});
`;

export const CONFIGURATION_TEST = `import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigurationError, readConfiguration } from "../configuration.ts";

test("nothing needs to be set for development", () => {
  const { host, port, databaseUrl } = readConfiguration({});
  assert.deepEqual({ host, port, databaseUrl }, { host: "127.0.0.1", port: 3000, databaseUrl: null });
});

test("all wrong settings are told together, and no secret with them", () => {
  assert.throws(
    () => readConfiguration({ PORT: "many", DATABASE_URL: "mysql://me:secret@there/db", API_TOKEN: "short" }),
    (error: Error) => {
      assert.ok(error instanceof ConfigurationError);
      for (const name of ["PORT", "DATABASE_URL", "API_TOKEN"]) assert.match(error.message, new RegExp(name));
      assert.doesNotMatch(error.message, /secret|is "short"/);
      return true;
    },
  );
});

test("production starts neither on the embedded database nor with the token of development", () => {
  assert.throws(
    () => readConfiguration({ NODE_ENV: "production", API_TOKEN: "development" }),
    /DATABASE_URL is not set.*API_TOKEN/s,
  );
});
`;

/** The first endpoint, from outside. */
export function firstRouteTest({ aThing, camel, path }: ModuleNames): string {
  return `import assert from "node:assert/strict";
import { after, test } from "node:test";
import { serve } from "ashlar/http";
import { testApp } from "ashlar/testing";
import { modules } from "../app.ts";
import { authenticateBy } from "../authenticate.ts";

const path = "${path}";
const token = "token-for-tests";
const { app } = await testApp({ modules, authenticate: authenticateBy(token) });
const edge = await serve(app, { host: "127.0.0.1", port: 0 });
after(() => edge.stop());

function request(method: string, target: string, body?: object): Promise<Response> {
  return fetch(edge.url + target, {
    method,
    headers: { authorization: \`Bearer \${token}\`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

test("${aThing} is created and shown", async () => {
  const created = await request("POST", path, { name: "Dressed stone" });
  assert.equal(created.status, 201);
  const ${camel} = await created.json();
  const shown = await request("GET", created.headers.get("location") ?? "");
  assert.equal(shown.status, 200);
  assert.deepEqual(await shown.json(), ${camel});
});

test("${aThing} without a name is refused, and so is what the contract does not know", async () => {
  assert.equal((await request("POST", path, { name: "" })).status, 400);
  assert.equal((await request("POST", path, { name: "Dressed stone", colour: "grey" })).status, 400);
});
`;
}
