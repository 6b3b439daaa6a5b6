import { parseArgs } from "node:util";
import { type Aim, aimLines } from "./aims.ts";
import { measureRow, type Result } from "./harness.ts";
import { jsonLine, markdownTable } from "./report.ts";
import type { Table } from "./table.ts";

const tables: readonly Table[] = [
  {
    name: "walls",
    summary: "what the roles cost: with them, the same pool without them (baseline), and plain pg",
    load: () => import("./tables/walls.ts"),
  },
  {
    name: "calls",
    summary: "a call between two modules: direct, serialised, and over HTTP on loopback",
    load: () => import("./tables/calls.ts"),
  },
  {
    name: "http",
    summary: "two requests of the shop on one process, beside bare Fastify and pg doing the same statements",
    load: () => import("./tables/http.ts"),
  },
  {
    name: "purchase",
    summary: "a whole purchase of the shop: product into the cart, order; payment left open",
    load: () => import("./tables/purchase.ts"),
  },
  {
    name: "start",
    summary: "from the start of the shop's process to its line `ready`, with the embedded PostgreSQL",
    load: () => import("./tables/start.ts"),
  },
  {
    name: "queue",
    summary:
      "jobs and events, beside graphile-worker, pg-boss and BullMQ; npm ci --prefix bench installs them",
    load: () => import("./tables/queue.ts"),
  },
  {
    name: "check",
    summary:
      "ashlar check on 200 modules and 5,000 files, beside dependency-cruiser, Sheriff and madge; npm ci --prefix bench installs them",
    load: () => import("./tables/check.ts"),
  },
  {
    name: "console",
    summary:
      "every answer of the console on a week of millions of jobs, its share of the database's time, its first paint",
    load: () => import("./tables/console.ts"),
  },
];

const USAGE = `usage: npm run bench -- --list
       npm run bench -- NAME [--quick] [--json]

  --list    the tables, one a line
  --quick   fewer and shorter rounds: under 20 s a table (queue: two minutes, check and console: one), and rougher
  --json    one JSON object a line instead of a Markdown table: {table,row,system,unit,median,min,max,n}

tables: ${tables.map(({ name }) => name).join(", ")}
`;

function misused(why: string): never {
  process.stderr.write(`bench: ${why}\n\n${USAGE}`);
  process.exit(2);
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        list: { type: "boolean", default: false },
        quick: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return { ...values, names: positionals };
  } catch (error) {
    return misused((error as Error).message);
  }
}

async function runTable(table: Table, { quick, json }: { quick: boolean; json: boolean }): Promise<void> {
  const results: Result[] = [];
  let aims: readonly Aim[] = [];
  const ends: (() => Promise<unknown>)[] = [];
  const end = async () => {
    for (let stop = ends.pop(); stop !== undefined; stop = ends.pop()) await stop();
  };
  const interrupt = (_signal: string, number: number) => void end().finally(() => process.exit(128 + number));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  if (!json) process.stdout.write(`\n${table.name}: ${table.summary}\n`);
  try {
    const { run, ...loaded } = await table.load();
    aims = loaded.aims ?? [];
    await run({
      quick,
      measure: async (row, rounds = quick ? 3 : 7) => {
        if (process.stderr.isTTY) process.stderr.write(`  measuring ${row.row} ...\n`);
        const measured = await measureRow(table.name, row, rounds);
        if (json) for (const result of measured) process.stdout.write(`${jsonLine(result)}\n`);
        results.push(...measured);
      },
      atEnd: (stop) => ends.push(stop),
    });
  } finally {
    await end();
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
  if (json) return;
  process.stdout.write(`\n${markdownTable(results)}\n`);
  const lines = aimLines(aims, results);
  if (lines.length > 0) process.stdout.write(`\n${lines.join("\n")}\n`);
}

const { list, help, quick, json, names } = readArguments();
if (help) {
  process.stdout.write(USAGE);
} else if (list) {
  for (const { name, summary } of tables) process.stdout.write(`${name.padEnd(10)}${summary}\n`);
} else {
  if (names.length !== 1)
    misused(names.length === 0 ? "name a table" : `one table at a time, not ${names.join(", ")}`);
  const table = tables.find(({ name }) => name === names[0]);
  if (table === undefined) misused(`there is no table ${names[0]}`);
  await runTable(table, { quick, json });
}
