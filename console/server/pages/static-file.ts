import { extname } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip, constants as zlib } from "node:zlib";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};
const COMPRESSIBLE = new Set([".html", ".js", ".css", ".svg", ".txt"]);
/** Smaller than one packet as it is. */
const LEAST_BYTES = 1_200;

export interface Encoded {
  readonly bytes: Uint8Array;
  /** As of Content-Encoding; null as it is. */
  readonly encoding: "br" | "gzip" | null;
}

/** One built file, in memory; compressed when somebody asks for it, once for each encoding. */
export class StaticFile {
  readonly type: string;
  readonly #bytes: Uint8Array;
  readonly #isCompressible: boolean;
  readonly #encoded = new Map<string, Promise<Uint8Array>>();

  constructor(name: string, bytes: Uint8Array) {
    const extension = extname(name);
    this.type = TYPES[extension] ?? "application/octet-stream";
    this.#bytes = bytes;
    this.#isCompressible = COMPRESSIBLE.has(extension) && bytes.byteLength >= LEAST_BYTES;
  }

  /** The smallest form that the client takes. */
  async as(acceptEncoding: string | undefined): Promise<Encoded> {
    const encoding = this.#isCompressible ? bestOf(acceptEncoding) : null;
    if (encoding === null) return { bytes: this.#bytes, encoding };
    let bytes = this.#encoded.get(encoding);
    if (bytes === undefined) {
      bytes = compress[encoding](this.#bytes);
      this.#encoded.set(encoding, bytes);
    }
    return { bytes: await bytes, encoding };
  }
}

const compress = {
  // Eleven would take seconds of a processor for a few per cent.
  br: (bytes: Uint8Array) =>
    promisify(brotliCompress)(bytes, {
      params: { [zlib.BROTLI_PARAM_QUALITY]: 9, [zlib.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength },
    }),
  gzip: (bytes: Uint8Array) => promisify(gzip)(bytes, { level: 9 }),
};

/** Browsers send no weights but for refusals; what is refused with q=0 is not taken. */
function bestOf(acceptEncoding = ""): "br" | "gzip" | null {
  const taken = new Set(
    acceptEncoding
      .toLowerCase()
      .split(",")
      .filter((each) => !/;\s*q=0(?:\.0*)?\s*$/.test(each))
      .map((each) => each.split(";")[0]!.trim()),
  );
  return taken.has("br") ? "br" : taken.has("gzip") ? "gzip" : null;
}
