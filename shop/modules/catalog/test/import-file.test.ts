import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { detectFormat, type ImportFormat, importProductFile } from "../src/import-file.ts";
import { refusal } from "./refusal.ts";

/** Imports into a list instead of a database. */
async function importInto(format: ImportFormat, ...chunks: (string | Uint8Array)[]) {
  const batches: { line: number; row: unknown }[][] = [];
  async function* body() {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const importing = importProductFile({
    body: body(),
    format,
    importBatch: async (rows) => {
      batches.push(rows);
      return { imported: rows.length, unchanged: 0, rejected: 0, rejections: [] };
    },
  });
  try {
    return { report: await importing, rows: batches.flat(), batches };
  } catch (error) {
    assert.deepEqual(batches, [], "a file that cannot be read changes nothing");
    throw error;
  }
}

const HEADER = "sku,name,price\n";

async function csvRows(text: string) {
  const { rows, report } = await importInto("csv", HEADER + text);
  return { names: rows.map(({ row }) => (row as { name?: string }).name), rejections: report.rejections };
}

test("NDJSON: one row a line, with BOM, CRLF, blank lines and no newline at the end", async () => {
  const { rows, report } = await importInto(
    "ndjson",
    '\uFEFF{"sku":"a"}\r\n\r\n  \n{"sku":"b"}\n{"sku":"ü"}',
  );
  assert.deepEqual(rows, [
    { line: 1, row: { sku: "a" } },
    { line: 4, row: { sku: "b" } },
    { line: 5, row: { sku: "ü" } },
  ]);
  assert.equal(report.rejected, 0);
});

test("NDJSON: a bad line is rejected by number and the rest goes on", async () => {
  const bad = Buffer.from([0x7b, 0xff, 0x7d]);
  const { rows, report } = await importInto("ndjson", '{"sku":"a"}\n{"sku":\n', bad, '\n\0\n{"sku":"b"}\n');
  assert.deepEqual(
    rows.map(({ line }) => line),
    [1, 5],
  );
  assert.deepEqual(report.rejections, [
    { line: 2, reason: "the line is not valid JSON" },
    { line: 3, reason: "the line is not valid UTF-8" },
    { line: 4, reason: "the line is not valid JSON" },
  ]);
});

test("a line longer than a mebibyte is rejected and not kept", async () => {
  const chunk = "x".repeat(100_000);
  const { rows, report } = await importInto("ndjson", ...Array<string>(30).fill(chunk), '\n{"sku":"b"}\n');
  assert.deepEqual(report.rejections, [{ line: 1, reason: "the line is longer than 1048576 bytes" }]);
  assert.deepEqual(rows, [{ line: 2, row: { sku: "b" } }]);
});

test("rows come in batches of five hundred, and the progress after each", async () => {
  const text = Array.from({ length: 1_201 }, (_, index) => `{"sku":"${index}"}\n`).join("");
  const { batches } = await importInto("ndjson", text);
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [500, 500, 201],
  );
});

test("all rejections are counted, the first thousand are kept", async () => {
  const { report } = await importInto("ndjson", "nonsense\n".repeat(2_500));
  assert.equal(report.rejected, 2_500);
  assert.equal(report.rejections.length, 1_000);
  assert.equal(report.rejections.at(-1)?.line, 1_000);
});

test("what is split into chunks anywhere reads the same", async () => {
  const text =
    '\uFEFFsku,name,price,categories\r\nA-1,"Pän, 5"" and\r\nmore",1.50,Küche|Töpfe\r\n\r\nA-2,Pot,2,\r\n';
  const bytes = Buffer.from(text);
  const whole = (await importInto("csv", bytes)).rows;
  assert.deepEqual(whole, [
    {
      line: 2,
      row: { sku: "A-1", name: 'Pän, 5" and\nmore', price: "1.50", categories: ["Küche", "Töpfe"] },
    },
    { line: 5, row: { sku: "A-2", name: "Pot", price: "2" } },
  ]);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat({ max: bytes.length })), async (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
      assert.deepEqual((await importInto("csv", ...chunks)).rows, whole);
    }),
    { numRuns: 100 },
  );
});

test("CSV: whatever is written by RFC 4180 comes back", async () => {
  // Fields are trimmed, so the texts have something at both ends.
  const field = fc
    .stringMatching(/^[a-z][a-z ,"\n]{0,12}[a-z]$/)
    .map((text) => ({ text, written: `"${text.replaceAll('"', '""')}"` }));
  await fc.assert(
    fc.asyncProperty(fc.array(field, { minLength: 1, maxLength: 20 }), async (fields) => {
      const { names, rejections } = await csvRows(fields.map(({ written }) => `A,${written},1\n`).join(""));
      assert.deepEqual(rejections, []);
      assert.deepEqual(
        names,
        fields.map(({ text }) => text),
      );
    }),
    { numRuns: 200 },
  );
});

test("CSV: columns in any order, numbers read as numbers, categories as a list or as JSON", async () => {
  const { rows } = await importInto(
    "csv",
    'Stock,NAME, price ,sku,popularity,categories\n5,Pan,1.5,A-1,7,"[""Kitchen"",""Pans | Pots""]"\nmany,Pot,2,A-2,,\n',
  );
  assert.deepEqual(rows, [
    {
      line: 2,
      row: {
        stock: 5,
        name: "Pan",
        price: "1.5",
        sku: "A-1",
        popularity: 7,
        categories: ["Kitchen", "Pans | Pots"],
      },
    },
    { line: 3, row: { stock: "many", name: "Pot", price: "2", sku: "A-2" } },
  ]);
});

test("CSV: a quote inside of a field is a quote", async () => {
  assert.deepEqual((await csvRows('A,5" screen,1\nB,"5"" screen",1\n')).names, ['5" screen', '5" screen']);
});

test("CSV: a row with too few or too many fields is rejected", async () => {
  const { names, rejections } = await csvRows("A,1\nB,Pan,2\nC,Pot,3,4\n");
  assert.deepEqual(names, ["Pan"]);
  assert.deepEqual(rejections, [
    { line: 2, reason: "the row has 2 fields and the header names 3" },
    { line: 4, reason: "the row has 4 fields and the header names 3" },
  ]);
});

test("CSV: a quote that is never closed costs its row and no other", async () => {
  const after = Array.from({ length: 300 }, (_, index) => `S-${index},Pan ${index},2\n`).join("");
  const open = await csvRows(`A,"Pan,1\n${after}`);
  assert.equal(open.names.length, 300);
  assert.deepEqual(open.rejections, [
    { line: 2, reason: "the row has a quote that is not closed within 200 lines or 1 MiB" },
  ]);
  const atEnd = await csvRows('A,"Pan,1\nB,Pot,2\nC,Lid,3');
  assert.deepEqual(atEnd.names, ["Pot", "Lid"]);
  assert.deepEqual(atEnd.rejections, [{ line: 2, reason: "the row has a quote that is never closed" }]);
  const closedByNext = await csvRows('A,"Pan,1\nB,"Pot",2\nC,Lid,3\n');
  assert.deepEqual(closedByNext.names, ["Pot", "Lid"]);
});

test("CSV: open quotes in every line are dealt with in reasonable time", async () => {
  const { report } = await importInto("csv", HEADER, 'x","y\n'.repeat(5_000));
  assert.equal(report.rejected, 5_000);
});

test("a file that is not text is refused before anything is imported", async () => {
  const png = Buffer.from("89504e470d0a1a0a0000000d49484452000000200000002008060000007a7af4", "hex");
  const gzip = gzipSync('{"sku":"a","name":"b","price":1}\n'.repeat(50));
  const utf16 = Buffer.from('{"sku":"a","name":"b","price":1}\n', "utf16le");
  for (const bytes of [png, gzip, utf16]) {
    for (const format of ["ndjson", "csv"] as const) {
      await assert.rejects(importInto(format, bytes), refusal("CATALOG_FILE_UNREADABLE"));
    }
  }
});

test("a CSV file without the header of products is refused, and the reason names the columns", async () => {
  const cases: [string, RegExp][] = [
    ["", /it is empty/],
    ["sku;name;price\n1;a;2\n", /names no column sku, name, price; .* separated by commas/],
    ["sku,name\n", /names no column price/],
    ["sku,name,price,image\n", /names "image"; expected are sku, name, price/],
    ["sku,name,price,sku\n", /twice/],
    ['sku,name,"price\n', /the header in line 1: the row has a quote that is never closed/],
  ];
  for (const [text, reason] of cases) {
    await assert.rejects(importInto("csv", text), (error: { code?: string; data?: { reason: string } }) => {
      assert.equal(error.code, "CATALOG_FILE_UNREADABLE");
      assert.match(error.data?.reason ?? "", reason);
      return true;
    });
  }
});

test("an empty NDJSON file is a file without products", async () => {
  assert.deepEqual((await importInto("ndjson")).report, {
    imported: 0,
    unchanged: 0,
    rejected: 0,
    rejections: [],
  });
});

test("the format is told by the name of a file or its content type", () => {
  for (const ndjson of [
    "a.ndjson",
    "B.JSONL",
    "application/x-ndjson",
    "Application/X-NDJSON; charset=utf-8",
  ]) {
    assert.equal(detectFormat(ndjson), "ndjson", ndjson);
  }
  for (const csv of ["/tmp/products.csv", "text/csv", "text/csv;header=present"]) {
    assert.equal(detectFormat(csv), "csv", csv);
  }
  for (const neither of ["products.json", "application/json", "csv", ""]) {
    assert.equal(detectFormat(neither), null, neither);
  }
});
