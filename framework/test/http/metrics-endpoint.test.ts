import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EdgeError, type MetricsAccess } from "../../src/http/index.ts";
import { metricsEndpoint } from "../../src/http/metrics-endpoint.ts";
import { Refusal } from "../../src/http/problem.ts";
import { Metrics } from "../../src/telemetry/index.ts";
import { Scraped } from "../telemetry/metrics/scraped.ts";
import { assertProblem } from "./problem-check.ts";
import { sendRaw } from "./raw-client.ts";
import { startSample } from "./sample-app.ts";

const TOKEN = "a-token.that_is~long+enough/for=us";

async function sampleWith(metrics?: MetricsAccess) {
  const sample = await startSample(metrics === undefined ? {} : { metrics });
  return {
    ...sample,
    get: (headers: Record<string, string> = {}) => fetch(`${sample.url}/metrics`, { headers }),
    raw: (...headers: string[]) =>
      sendRaw(sample.url, `GET /metrics HTTP/1.1\r\n${headers.map((line) => `${line}\r\n`).join("")}\r\n`),
  };
}

describe("/metrics", () => {
  test("is no path at all unless the host says who may read it", async () => {
    for (const access of [undefined, false] as const) {
      const sample = await sampleWith(access);
      await assertProblem(await sample.get(), 404, "ROUTE_NOT_FOUND");
      await sample.stop();
    }
  });

  test("tells whoever has the token", async () => {
    const sample = await sampleWith({ token: TOKEN });
    await fetch(`${sample.url}/v1/things/a`);
    const answer = await sample.get({ authorization: `Bearer ${TOKEN}` });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert.equal(answer.headers.get("cache-control"), "no-store");
    const read = new Scraped(await answer.text());
    const route = { module: "sample", route: "GET /v1/things/{id}" };
    assert.equal(read.value("ashlar_request_duration_seconds_count", route), 1);
    assert.equal(read.value("ashlar_operation_duration_seconds_count", { operation: "sample.findThing" }), 1);
    await sample.stop();
  });

  test("tells nobody with another token, or none", async () => {
    const sample = await sampleWith({ token: TOKEN });
    for (const authorization of [
      undefined,
      "Bearer",
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(1)}`,
      `Basic ${TOKEN}`,
      "Bearer alice",
    ]) {
      const answer = await sample.get(authorization === undefined ? {} : { authorization });
      assert.equal(answer.headers.get("www-authenticate"), "Bearer");
      await assertProblem(answer, 401, "UNAUTHENTICATED");
    }
    const twice = await sample.raw(
      "Host: x",
      `Authorization: Bearer ${TOKEN}`,
      `Authorization: Bearer ${TOKEN}`,
    );
    assert.equal(twice?.status, 401);
    await sample.stop();
  });

  test("with a token that can be guessed is not served", async () => {
    for (const token of ["", "short", "fifteen-letters", "has a space in it, long enough"]) {
      await assert.rejects(startSample({ metrics: { token } }), (error: unknown) => {
        assert.ok(error instanceof EdgeError);
        assert.equal(error.code, "ASHLAR_METRICS_TOKEN_UNFIT");
        assert.ok(token === "" || !error.message.includes(token));
        return true;
      });
    }
  });

  test("without a token is for this machine under its own name", async () => {
    const sample = await sampleWith({});
    const { host } = new URL(sample.url);
    for (const name of [host, "localhost:3000", "LOCALHOST", "[::1]:3000"]) {
      assert.equal((await sample.raw(`Host: ${name}`))?.status, 200, name);
    }
    for (const headers of [
      ["Host: shop.example"],
      ["Host: localhost.evil.example"],
      ["Host: 127.0.0.1.evil.example"],
      [`Host: ${host}`, "X-Forwarded-For: 192.0.2.1"],
      [`Host: ${host}`, "Forwarded: for=192.0.2.1"],
    ]) {
      assert.equal((await sample.raw(...headers))?.status, 404, headers.join(" "));
    }
    await sample.stop();
  });

  test("without a token is not for other machines, whatever name they use", async () => {
    const endpoint = metricsEndpoint(new Metrics(), {});
    const from = (remoteAddress: string | undefined) => {
      let status = 0;
      const incoming = { socket: { remoteAddress }, headers: { host: "localhost" } };
      const answer = (given: number) => {
        status = given;
      };
      return endpoint({ incoming, answer } as never, {}, {}).then(() => status);
    };
    for (const address of ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"]) {
      assert.equal(await from(address), 200, address);
    }
    for (const address of [
      "10.0.0.1",
      "192.0.2.7",
      "::ffff:10.0.0.1",
      "fe80::1",
      "2001:db8::127.0.0.1",
      undefined,
    ]) {
      await assert.rejects(from(address), Refusal);
    }
  });

  test("can be open to all, and is told without a database", async () => {
    const sample = await sampleWith("open");
    const answer = await sample.get({ "x-forwarded-for": "192.0.2.1" });
    const read = new Scraped(await answer.text());
    assert.equal(read.value("ashlar_scrape_errors_total", { source: "queues" }), 1);
    assert.equal(read.value("ashlar_pool_connections_max", { pool: "requests" }), 10);
    const head = await fetch(`${sample.url}/metrics`, { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.equal(await head.text(), "");
    await sample.stop();
  });
});
