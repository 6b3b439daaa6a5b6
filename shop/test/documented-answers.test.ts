// Every answer that /openapi.json documents is given once, as it is documented, and no attempt gets another one.
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { openScene } from "./answer-scene.ts";
import { commonAnswers } from "./common-answers.ts";
import { ownAnswers } from "./own-answers.ts";
import { DocumentedAnswers } from "./served-document.ts";
import { usualRequests } from "./usual-requests.ts";

/**
 * Declared for those who call the operation without HTTP. The policy of the route refuses the same senders before,
 * but that is known to the two pieces of code and not to the document's generator.
 */
const RULED_OUT_BY_POLICY = [
  "GET /v1/api-keys 401 IDENTITY_SIGN_IN_REQUIRED",
  "DELETE /v1/api-keys/{id} 401 IDENTITY_SIGN_IN_REQUIRED",
  "PUT /v1/accounts/{id}/roles/{role} 403 IDENTITY_OPERATORS_ONLY",
  "DELETE /v1/accounts/{id}/roles/{role} 403 IDENTITY_OPERATORS_ONLY",
  "GET /v1/audit-events 403 IDENTITY_OPERATORS_ONLY",
  "GET /v1/reconciliation-differences 403 BILLING_OPERATORS_ONLY",
];

const scene = await openScene();
after(() => scene.close());
const { body: document } = await scene.send("GET", "/openapi.json");
const documented = new DocumentedAnswers(document);
const produced = new Set<string>();

it("the served document is valid OpenAPI 3.1", async () => {
  assert.match(document.openapi, /^3\.1\./);
  const result = await new Validator().validate(structuredClone(document));
  assert.deepEqual(result.errors ?? [], []);
  assert.equal(result.valid, true);
});

const own = ownAnswers(scene);
for (const usual of usualRequests(scene)) {
  describe(usual.route, () => {
    const attempts = [...commonAnswers(scene, usual), ...own.filter(({ route }) => route === usual.route)];
    for (const { route, answer, what, send } of attempts) {
      it(`answers ${answer} to a client that ${what}`, async () => {
        const name = documented.check(route, await send());
        assert.equal(name, `${route} ${answer}`);
        produced.add(name);
      });
    }
  });
}

it("all that is documented was answered, and all that was answered is documented", () => {
  const promised = documented.list();
  const missing = promised.filter((answer) => !produced.has(answer));
  assert.deepEqual(missing.sort(), [...RULED_OUT_BY_POLICY].sort());
  assert.deepEqual(
    [...produced].filter((answer) => !promised.includes(answer)),
    [],
  );
});
