import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { build } from "vite";

/** What a visitor of the Now page has to load before it is there, compressed. */
const MOST_BYTES = 150_000;
const UI = join(import.meta.dirname, "..", "ui");

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

let pages: string;
let manifest: Readonly<Record<string, Chunk>>;

before(async () => {
  pages = await mkdtemp(join(tmpdir(), "console-pages-"));
  await build({
    configFile: join(UI, "vite.config.ts"),
    logLevel: "error",
    build: { outDir: pages, emptyOutDir: true },
  });
  manifest = JSON.parse(await readFile(join(pages, "manifest.json"), "utf8"));
});
after(() => rm(pages, { recursive: true, force: true }));

test(`the first page loads at most ${MOST_BYTES / 1_000} kB`, async (context) => {
  const files = new Set([
    "index.html",
    ...filesOf("index.html"),
    ...filesOf("src/screens/now/now-screen.tsx"),
  ]);
  let total = 0;
  for (const file of files) {
    const size = gzipSync(await readFile(join(pages, file)), { level: 9 }).byteLength;
    total += size;
    context.diagnostic(`${file}: ${size}`);
  }
  context.diagnostic(`together: ${total}`);
  assert.ok(total > 60_000, `only ${total} bytes: something is not counted`);
  assert.ok(total <= MOST_BYTES, `${total} bytes`);
});

test("the charts' library is in a chunk of its own", async () => {
  const first = [...filesOf("index.html"), ...filesOf("src/screens/now/now-screen.tsx")];
  for (const file of first)
    assert.doesNotMatch(await readFile(join(pages, file), "utf8"), /u-over|uplot/i, file);
  assert.ok(Object.keys(manifest).some((name) => name.endsWith("plot.tsx")));
});

test("the page has no inline script or style, and names no other host", async () => {
  const html = await readFile(join(pages, "index.html"), "utf8");
  assert.doesNotMatch(html, /<style|style=|<script(?![^>]*\bsrc=)|\son\w+=/i);
  for (const [, address] of html.matchAll(/(?:src|href)="([^"]*)"/g)) assert.match(address!, /^\/console\//);
});

/** The chunk with everything that it loads at once. */
function filesOf(name: string, seen = new Set<string>()): string[] {
  if (seen.has(name)) return [];
  seen.add(name);
  const chunk = manifest[name];
  if (chunk === undefined) throw new Error(`The build has no ${name}.`);
  return [chunk.file, ...(chunk.css ?? []), ...(chunk.imports ?? []).flatMap((each) => filesOf(each, seen))];
}
