import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { eventually } from "ashlar/testing";
import { PAGE_PATHS } from "../../server/pages/page-paths.ts";
import { openScene, problemOf, type Scene } from "./scene.ts";

let scene: Scene;
before(async () => {
  scene = await openScene();
  await eventually("the pages are read", async () => (await scene.ask("/")).status === 200);
});
after(() => scene.stop());

test("every page is the same document, for anybody, under a policy of its own alone", async () => {
  for (const path of PAGE_PATHS) {
    const answer = await scene.ask(path.slice("/console".length).replaceAll(/\{[^}]*\}/g, "x%3A1"), {
      token: null,
    });
    assert.equal(answer.status, 200, path);
    assert.equal(await answer.text(), "<!doctype html><title>Console</title>");
    assert.equal(answer.headers.get("content-type"), "text/html; charset=utf-8");
    assert.equal(answer.headers.get("cache-control"), "no-cache");
    assert.equal(
      answer.headers.get("content-security-policy"),
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
        "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  }
  const bare = await scene.ask("");
  assert.deepEqual([bare.status, bare.headers.get("location")], [308, "/console/"]);
});

test("what a page loads is kept by browsers, and sent as small as they take it", async () => {
  const script = await scene.ask("/assets/main-abc.js");
  assert.equal(script.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal(script.headers.get("content-type"), "text/javascript; charset=utf-8");
  const plain = await script.text();

  const raw = (encoding: string) =>
    new Promise<{ encoding: string | undefined; bytes: Buffer }>((resolve, reject) => {
      const url = `${scene.edge.url}/console/assets/main-abc.js`;
      request(url, { headers: { "accept-encoding": encoding } }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () =>
          resolve({ encoding: answer.headers["content-encoding"], bytes: Buffer.concat(chunks) }),
        );
      })
        .on("error", reject)
        .end();
    });
  const brotli = await raw("gzip, deflate, br");
  assert.equal(brotli.encoding, "br");
  assert.equal(brotliDecompressSync(brotli.bytes).toString(), plain);
  const gzip = await raw("gzip;q=1.0, br;q=0");
  assert.equal(gzip.encoding, "gzip");
  assert.equal(gunzipSync(gzip.bytes).toString(), plain);
  assert.ok(gzip.bytes.length < plain.length / 10);
  assert.deepEqual((await raw("identity")).encoding, undefined);
});

test("HEAD is answered as GET is, without the body", async () => {
  const head = await scene.ask("/assets/main-abc.js", {
    method: "HEAD",
    headers: { "accept-encoding": "gzip" },
  });
  assert.equal(head.status, 200);
  assert.equal(head.headers.get("content-encoding"), "gzip");
  assert.equal(await head.text(), "");
  assert.equal((await scene.ask("/api/session", { method: "HEAD" })).status, 200);
  assert.equal((await scene.ask("/api/session", { method: "HEAD", token: "made-up" })).status, 401);
});

test("nothing beside the built pages can be had", async () => {
  const paths = [
    "/assets/..%2f.made-of",
    "/assets/..%2findex.html",
    "/assets/..%2f..%2fpackage.json",
    "/assets/%2e%2e%2fmanifest.json",
    "/assets/..%5cindex.html",
    "/..%2f..%2fetc%2fpasswd",
    "/assets/../../../../etc/passwd",
    "/.made-of",
    "/manifest.json",
    "/assets/",
    "/assets/main-abc.js%00.txt",
    "/nothing",
    "/api",
    "/api/nothing",
    "/modules/a/b",
  ];
  for (const path of paths) {
    assert.deepEqual(await problemOf(await scene.ask(path)), { status: 404, code: "ROUTE_NOT_FOUND" }, path);
  }
  assert.equal((await scene.ask("/%zz")).status, 400);
});

test("a person who mistyped gets a page, with the status that says so", async () => {
  const answer = await scene.ask("/mapp", { headers: { accept: "text/html,*/*" } });
  assert.equal(answer.status, 404);
  assert.match(answer.headers.get("content-type")!, /^text\/html/);
});
