import { type Exchange, type PartRoute, Refusal } from "ashlar/http";
import type { Logger } from "pino";
import { inTime } from "../in-time.ts";
import { packageRoot } from "../package-root.ts";
import { buildPages } from "./build-pages.ts";
import { BuiltPages } from "./built-pages.ts";
import { PAGE_PATHS } from "./page-paths.ts";
import type { StaticFile } from "./static-file.ts";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const HTML = "text/html; charset=utf-8";
/** To read pages that are there takes less, to build them more. */
const WAIT_MS = 1_000;

const PAGE_HEADERS = { "content-security-policy": POLICY, "cross-origin-opener-policy": "same-origin" };
const ASSET_HEADERS = { "cache-control": "public, max-age=31536000, immutable" };
const OTHER_HEADERS = { "cache-control": "public, max-age=3600" };

/**
 * The pages of the console and what they load. They hold nothing of the app, so anybody may have them: what is shown
 * in them is asked for under /console/api.
 */
export class Pages {
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  readonly #directory: string | undefined;
  #opening: Promise<void> | null = null;
  #built: BuiltPages | null = null;
  #hasFailed = false;

  /** From `directory`, or from the package's own, which is built first if need be. */
  constructor(log: Logger, directory: string | undefined) {
    this.#log = log;
    this.#directory = directory;
  }

  /** Reads the pages into memory, or begins to build them; who asks meanwhile waits a moment and is then told so. */
  open(): void {
    this.#opening ??= this.#open();
  }

  get routes(): readonly PartRoute[] {
    const page: PartRoute["answer"] = (exchange) => this.#answerPage(exchange, 200);
    return [
      {
        method: "GET",
        path: "/console",
        answer: async (exchange) => exchange.answer(308, null, HTML, { location: "/console/" }),
      },
      ...PAGE_PATHS.map((path): PartRoute => ({ method: "GET", path, answer: page, isQuiet: true })),
      {
        method: "GET",
        path: "/console/assets/{file}",
        isQuiet: true,
        answer: (exchange, params) =>
          this.#answerFile(exchange, `assets/${(params as { file: string }).file}`, ASSET_HEADERS),
      },
      {
        method: "GET",
        path: "/console/{file}",
        isQuiet: true,
        answer: (exchange, params) =>
          this.#answerFile(exchange, (params as { file: string }).file, OTHER_HEADERS),
      },
    ];
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#opening;
  }

  /** Never rejects: the app runs without its console's pages, and their absence is told. */
  async #open(): Promise<void> {
    try {
      const from = this.#directory ?? (await this.#build());
      this.#built = await BuiltPages.read(from);
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#hasFailed = true;
      this.#log.error({ err: error }, "the console has no pages");
    }
  }

  #build(): Promise<string> {
    return buildPages({
      root: packageRoot(),
      signal: this.#stopping.signal,
      onBuild: () => this.#log.info("the console's pages are being built, which takes some seconds"),
      onFailure: (error) =>
        this.#log.error({ err: error }, "the console shows its pages as they were built before"),
    });
  }

  async #answerPage(exchange: Exchange, status: 200 | 404): Promise<void> {
    if (this.#built === null && this.#opening !== null) await inTime(this.#opening, WAIT_MS);
    if (this.#built !== null) {
      await answerWith(exchange, status, this.#built.index, { ...PAGE_HEADERS, "cache-control": "no-cache" });
      return;
    }
    const text = this.#hasFailed ? FAILED : BEING_BUILT;
    exchange.answer(503, text, HTML, { "retry-after": "2" });
  }

  async #answerFile(exchange: Exchange, name: string, headers: Record<string, string>): Promise<void> {
    if (this.#built === null && this.#opening !== null) await inTime(this.#opening, WAIT_MS);
    const file = this.#built?.find(name);
    if (file !== undefined) await answerWith(exchange, 200, file, headers);
    // A person who mistyped gets a page that says so; a program gets the problem.
    else if (name.includes("/") || exchange.incoming.headers.accept?.includes("text/html") !== true) {
      throw new Refusal("ROUTE_NOT_FOUND");
    } else await this.#answerPage(exchange, 404);
  }
}

async function answerWith(
  exchange: Exchange,
  status: number,
  file: StaticFile,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const { bytes, encoding } = await file.as(
    exchange.incoming.headers["accept-encoding"] as string | undefined,
  );
  exchange.answer(status, bytes, file.type, {
    ...headers,
    vary: "accept-encoding",
    ...(encoding === null ? {} : { "content-encoding": encoding }),
  });
}

const BEING_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>Console</title>
<p>The console's pages are being built, which takes some seconds. They are shown here when they are there.</p></html>
`;

const FAILED = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Console</title>
<p>The console's pages could not be built. The log of this instance says why.</p></html>
`;
