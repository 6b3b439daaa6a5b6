import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, test } from "node:test";
import { closed, contract, query } from "../../src/contract/index.ts";
import { EdgeError, serve } from "../../src/http/index.ts";
import { anyone, createApp, define, defineModule } from "../../src/module/index.ts";
import { eventually } from "../../src/testing/index.ts";
import { assertProblem } from "./problem-check.ts";
import { RawClient } from "./raw-client.ts";
import { type Sample, startSample } from "./sample-app.ts";

const GET = "GET /v1/things/a HTTP/1.1\r\nHost: x\r\n\r\n";

/** A request that waits inside its use case until it is let go. */
async function heldRequest(sample: Sample) {
  const started = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  sample.doings.findThing = async ({ limit }) => {
    started.resolve();
    await goOn.promise;
    return { kind: "none", limit };
  };
  const client = await RawClient.to(sample.url);
  client.send(GET);
  await started.promise;
  return { client, goOn: goOn.resolve };
}

async function isRefused(url: string): Promise<boolean> {
  return fetch(`${url}/health/live`).then(
    () => false,
    () => true,
  );
}

describe("stop", () => {
  test("waits for the request in progress, which is answered, and takes no new connections", async () => {
    const sample = await startSample();
    const { client, goOn } = await heldRequest(sample);
    let isStopped = false;
    const stopped = sample.edge.stop().then(() => {
      isStopped = true;
    });
    await eventually("new connections are refused", () => isRefused(sample.url));
    assert.equal(isStopped, false);
    goOn();
    const answer = await client.answer();
    assert.equal(answer?.status, 200);
    assert.equal(answer?.headers.connection, "close");
    await client.ended();
    await stopped;
    await client.close();
    await sample.stop();
  });

  test("serves what still comes on an open connection, and asks for it to be closed", async () => {
    const sample = await startSample();
    const { client, goOn } = await heldRequest(sample);
    const stopped = sample.edge.stop();
    client.send("GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n");
    goOn();
    assert.equal((await client.answer())?.status, 200);
    await stopped;
    await client.close();
    await sample.stop();
  });

  test("closes connections that are kept alive, that sent nothing, and that sent half a head", async () => {
    const sample = await startSample();
    const idle = await RawClient.to(sample.url);
    idle.send(GET);
    assert.equal((await idle.answer())?.status, 200);
    const silent = await RawClient.to(sample.url);
    const half = await RawClient.to(sample.url);
    half.send("GET /v1/things/a HTTP/1.1\r\n");
    const started = Date.now();
    await sample.edge.stop();
    assert.ok(Date.now() - started < 2_000);
    for (const client of [idle, silent, half]) {
      await client.ended();
      await client.close();
    }
    await sample.stop();
  });

  test("cuts off what takes longer than it may wait", async () => {
    const sample = await startSample({ stopTimeoutMs: 50 });
    const { client, goOn } = await heldRequest(sample);
    await sample.edge.stop();
    assert.equal(await client.answer(), null);
    await client.close();
    goOn();
    await sample.stop();
  });

  test("may be called again, and both calls wait", async () => {
    const sample = await startSample();
    const one = sample.edge.stop();
    assert.equal(sample.edge.stop(), one);
    await one;
    await sample.edge.stop();
    await sample.stop();
  });

  test("goes on accepting for as long as a load balancer needs to see that it is not ready", async () => {
    const sample = await startSample({ drainDelayMs: 1_000 });
    const stopped = sample.edge.stop();
    const ready = await fetch(`${sample.url}/health/ready`);
    const { data } = await assertProblem(ready, 503, "NOT_READY");
    assert.deepEqual(data, { checks: { edge: "draining" } });
    const live = await fetch(`${sample.url}/v1/things/a`);
    assert.equal(live.status, 200);
    assert.equal(live.headers.get("connection"), "close");
    await stopped;
    assert.ok(await isRefused(sample.url));
    await sample.stop();
  });

  test("waits for the work of a client that has gone", async () => {
    const sample = await startSample();
    const { client, goOn } = await heldRequest(sample);
    await client.close();
    await eventually("the client is missed", () => sample.logged.some(({ status }) => status === 499));
    let isStopped = false;
    const stopped = sample.edge.stop().then(() => {
      isStopped = true;
    });
    await eventually("new connections are refused", () => isRefused(sample.url));
    assert.equal(isStopped, false);
    goOn();
    await stopped;
    await sample.stop();
  });
});

describe("start", () => {
  const listen = (host: string, port: number) =>
    startSample({ host, port }).then(
      () => assert.fail("it listens"),
      (error: unknown) => {
        assert.ok(error instanceof EdgeError);
        return error;
      },
    );

  test("on a taken port says so in one sentence", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const error = await listen("127.0.0.1", port);
    other.close();
    assert.equal(error.code, "ASHLAR_PORT_TAKEN");
    assert.equal(
      error.message,
      `Cannot listen on 127.0.0.1:${port}: the port is taken. Stop what uses it, or set PORT to another one.`,
    );
  });

  test("on an address that the machine does not have says so", async () => {
    assert.equal((await listen("192.0.2.1", 0)).code, "ASHLAR_HOST_UNKNOWN");
    assert.equal((await listen("no.such.host.invalid", 0)).code, "ASHLAR_HOST_UNKNOWN");
  });

  test("on a port that cannot be says so", async () => {
    assert.equal((await listen("127.0.0.1", 70_000)).code, "ASHLAR_LISTEN_FAILED");
  });

  test("on localhost and on IPv6 gives a URL that works", async () => {
    const sample = await startSample({ host: "localhost" });
    assert.equal((await fetch(`${sample.url}/health/live`)).status, 200);
    await sample.stop();
  });

  test("with a module on a path of the framework's own is refused", async () => {
    const probe = contract("probe", { look: query({ input: closed({}), output: closed({}) }) });
    const definition = define(probe);
    const { handle, route } = definition;
    const app = createApp({
      name: "probe",
      modules: [
        defineModule(definition, {
          handlers: [handle(probe.look, async () => ({}))],
          routes: [
            route(probe.look, {
              method: "GET",
              path: "/health/ready",
              auth: anyone,
              summary: "Looks.",
              input: () => ({}),
            }),
          ],
        }),
      ],
    });
    await assert.rejects(serve(app, { host: "127.0.0.1", port: 0 }), { code: "ASHLAR_ROUTE_RESERVED" });
  });
});
