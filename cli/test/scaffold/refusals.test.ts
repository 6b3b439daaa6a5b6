import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { fileURLToPath } from "node:url";
import { main } from "../../src/main.ts";

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));

/** In this process, since there are many of them. Nothing is written, whatever becomes of it. */
async function dryRun(...words: string[]) {
  const said = { stdout: "", stderr: "" };
  const log = mock.method(console, "log", (text: string) => {
    said.stdout += `${text}\n`;
  });
  const error = mock.method(console, "error", (text: string) => {
    said.stderr += `${text}\n`;
  });
  try {
    const code = await main(["new", ...words, "--dry-run", "--root", REPOSITORY]);
    return { code, ...said };
  } finally {
    for (const each of [log, error]) each.mock.restore();
  }
}

const module = (name: string, ...words: string[]) => [
  "module",
  name,
  "--purpose",
  "x",
  "--thing",
  "thing",
  ...words,
];

test("what is needed and not given is told by its flag, where nobody can be asked", async () => {
  for (const [words, expected] of [
    [["module"], /What is the module called\? Give a name, such as shipping\./],
    [["module", "shipping"], /Give --purpose\./],
    [["module", "shipping", "--purpose", "x"], /Give --thing/],
    [["use-case"], /Give a name, such as ordering\.reorder\./],
    [["use-case", "ordering.reorder"], /Give --kind command\|query\./],
    [["migration"], /Of which module\? Give a module: identity|Give a module/],
    [["migration", "ordering"], /Give a title, such as "add gift note"\./],
    [["event"], /Give a name, such as ordering\.orderShipped\./],
    [["job"], /Give a name, such as ordering\.sendReminder\./],
  ] as const) {
    const { code, stdout, stderr } = await dryRun(...words);
    assert.deepEqual([code, stdout], [2, ""], words.join(" "));
    assert.match(stderr, expected);
  }
});

test("names that cannot be are refused with the reason", async () => {
  for (const [words, expected] of [
    [module("../x"), /"\.\.\/x" is no name for a module/],
    [module("Ordering"), /is no name for a module/],
    [module("a".repeat(31)), /at most 30/],
    [module("select"), /reserved word in SQL/],
    [module("import"), /taken in the code/],
    [module("ashlar"), /not the module's to have/],
    [module("pg-things"), /not the module's to have/],
    [["module", "shipping", "--purpose", "x", "--thing", "../y"], /--thing "\.\.\/y" is no name/],
    [["module", "shipping", "--purpose", "x", "--thing", "module"], /a file of every module/],
    [["module", "shipping", "--purpose", "x", "--thing", "type"], /every contract has a Type/],
    [module("shipping", "--plural", "table"), /reserved word in SQL/],
    [["use-case", "reorder", "--kind", "query"], /give module and use case, such as ordering\.reorder/],
    [["use-case", "ordering.Reorder", "--kind", "query"], /give camelCase/],
    [["use-case", "ordering.then", "--kind", "query"], /Every module has something called then/],
    [["use-case", "ordering.delete", "--kind", "query"], /taken in the code/],
    [["use-case", "ordering.../x", "--kind", "query"], /give module and use case/],
    [["migration", "ordering", "../x"], /is no name for a migration/],
    [["migration", "ordering", "create select"], /reserved word in SQL/],
    [["migration", "ordering", "add x", "--table", "orders; drop"], /is no name for a table/],
    [["job", "ordering.x", "--queue", "a b"], /--queue "a b"/],
    [["job", "ordering.x", "--schedule", "every day"], /--schedule "every day"/],
    [["job", "ordering.x", "--schedule", "61 8 * * *"], /--schedule "61 8 \* \* \*"/],
  ] as const) {
    const { code, stdout, stderr } = await dryRun(...words);
    assert.deepEqual([code, stdout], [2, ""], `${words.join(" ")}: ${stderr}`);
    assert.match(stderr, expected, words.join(" "));
  }
});

test("what is there already is not made again", async () => {
  for (const [words, expected] of [
    [module("ordering"), /There is a module ordering already/],
    [
      ["module", "shipping", "--purpose", "x", "--thing", "order"],
      /ordering\/src\/routes\.ts serves \/v1\/orders already/,
    ],
    [["use-case", "ordering.placeOrder", "--kind", "command"], /has placeOrder already/],
    [["event", "ordering.orderPaid"], /has the event orderPaid already\. Give --subscriber/],
    [["event", "ordering.placeOrder"], /it is no event/],
    [
      ["event", "billing.paymentCaptured", "--subscriber", "ordering.onPaymentCaptured"],
      /There is .*on-payment-captured\.ts already/,
    ],
    [["job", "ordering.expireOrders"], /There is .*expire-orders\.ts already/],
  ] as const) {
    const { code, stderr } = await dryRun(...words);
    assert.equal(code, 2, words.join(" "));
    assert.match(stderr, expected, words.join(" "));
  }
});

test("flags that do not go together are refused", async () => {
  const useCase = (...words: string[]) => dryRun("use-case", "ordering.reorder", ...words);
  for (const [words, expected] of [
    [["--kind", "event"], /--kind "event": it can be command, query/],
    [["--kind", "query", "--transaction", "joins"], /A query has no transaction to join/],
    [["--kind", "command", "--transaction", "none"], /it can be own or joins/],
    [["--kind", "command", "--route", "GET /v1/x"], /A GET must not change anything/],
    [["--kind", "query", "--route", "GET v1/x"], /give method and path/],
    [["--kind", "query", "--route", "GET /v1/{Id}"], /give method and path/],
    [["--kind", "query", "--route", "GET /v1/{id}/{id}"], /names a part twice/],
    [["--kind", "query", "--route", "GET /v1/orders/{order}"], /ordering\/src\/routes\.ts serves GET/],
  ] as const) {
    const { code, stderr } = await useCase(...words);
    assert.equal(code, 2, words.join(" "));
    assert.match(stderr, expected, words.join(" "));
  }
  const host = await dryRun(...module("shipping", "--host", "elsewhere"));
  assert.deepEqual(
    [host.code, host.stderr.trim()],
    [2, "There is no host elsewhere. There are: @shop/monolith."],
  );
  const unknown = await dryRun("use-case", "shipping.send", "--kind", "query");
  assert.match(
    unknown.stderr,
    /There is no module shipping\. There are: billing, catalog, identity, ordering\./,
  );
});

test("--dry-run writes nothing and shows everything, and --json lists the files", async () => {
  const words = module("parcelling", "--thing", "parcel");
  const shown = await dryRun(...words);
  assert.equal(shown.code, 0);
  assert.match(
    shown.stdout,
    /^--- \/dev\/null\n\+\+\+ shop\/modules\/parcelling\/README\.md\n\+# parcelling$/m,
  );
  assert.match(shown.stdout, /^-export const modules = .*\n\+export const modules = \[.*, parcelling\];$/m);
  const { code, stdout } = await dryRun(...words, "--json");
  assert.equal(code, 0);
  const { dryRun: isDryRun, files } = JSON.parse(stdout);
  assert.equal(isDryRun, true);
  assert.deepEqual(
    files
      .filter(({ change }: { change: string }) => change === "changed")
      .map(({ file }: { file: string }) => file),
    [
      "tsconfig.json",
      "shop/hosts/monolith/tsconfig.json",
      "shop/hosts/monolith/shop.ts",
      "shop/hosts/monolith/package.json",
      "package-lock.json",
    ],
  );
  const again = await dryRun(...words, "--json");
  assert.deepEqual(again.stdout, stdout, "it would be refused if the first had written anything");
});
