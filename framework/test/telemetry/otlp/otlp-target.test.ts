import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { OtlpTarget } from "../../../src/telemetry/index.ts";

const INVALID = { code: "ASHLAR_OTLP_TARGET_INVALID" };

test("traces go below the endpoint, whatever it ends with", () => {
  for (const [endpoint, url] of [
    ["http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"],
    ["http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces"],
    ["https://collector.example/otlp/", "https://collector.example/otlp/v1/traces"],
    ["https://collector.example/otlp?tenant=7#top", "https://collector.example/otlp/v1/traces?tenant=7"],
  ] as const) {
    const target = new OtlpTarget(endpoint);
    assert.equal(target.url, url);
    assert.equal(target.address, url.replace("?tenant=7", ""));
  }
});

test("headers are pairs with percent-encoded values, as OpenTelemetry's environment has them", () => {
  const parse = (text: string | undefined) => OtlpTarget.parse("http://a", text).headers();
  assert.deepEqual(parse("Authorization=Bearer%20a%3Db, x-tenant = 7 ,,x=a=b"), {
    authorization: "Bearer a=b",
    "x-tenant": "7",
    x: "a=b",
  });
  assert.deepEqual(parse(undefined), {});
  assert.deepEqual(parse(""), {});
});

test("an endpoint or a header that cannot be is refused, and no value is told", () => {
  for (const endpoint of ["", "collector:4318", "grpc://a", "http://user:secret@a", "http://secret@a"]) {
    assert.throws(() => new OtlpTarget(endpoint), { ...INVALID, message: /^(?!.*secret)/ });
  }
  for (const headers of [
    "secret",
    "a=%secret",
    "a=secret%0a",
    "a b=secret",
    "=secret",
    "host=secret",
    "Bearer secret==",
    "TE=secret",
  ]) {
    assert.throws(
      () => OtlpTarget.parse("http://a", headers),
      { ...INVALID, message: /^(?!.*secret)/ },
      headers,
    );
  }
});

test("a target that is logged or dumped shows no header", () => {
  const target = new OtlpTarget("http://a", { authorization: "secret" });
  for (const shown of [
    inspect(target, { depth: 9, showHidden: true }),
    JSON.stringify(target),
    `${target}`,
  ]) {
    assert.doesNotMatch(shown, /secret/);
  }
});
