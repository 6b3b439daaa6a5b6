import { startCluster } from "./cluster.ts";
import { prepareDatabase, statement } from "ashlar/postgres";
import { ConnectionFactory } from "../framework/src/postgres/connection.ts";
import { roleCommand, beginCommand, COMMIT } from "../framework/src/postgres/control-command.ts";
import { StatementRegistry } from "../framework/src/postgres/statement-registry.ts";
import { encodeValues } from "../framework/src/postgres/value-types.ts";
import { fileURLToPath } from "node:url";
import { cpuOf, ownCpu } from "./cpu.ts";
const ends: any[] = []; const session: any = { quick: true, atEnd: (f: any) => ends.unshift(f) };
const cluster = await startCluster(session, "quiet");
const model = { app: "bench", modules: ["ordering", "billing"].map((name) => ({ name, migrations: fileURLToPath(new URL(`./schemas/${name}/`, import.meta.url)), publishes: [], reads: [] })) };
const { connection } = await prepareDatabase({ adminUrl: cluster.url, model });
await cluster.admin("create role bench_open login password 'open'; grant connect on database bench to bench_open; grant usage on schema ordering, billing to bench_open; grant all on all tables in schema ordering, billing to bench_open; grant all on all sequences in schema ordering, billing to bench_open");
await cluster.admin("vacuum analyze");
for (const a of process.argv.slice(2)) await cluster.admin(a); await cluster.admin("select pg_reload_conf()");
const limits = { statementTimeoutMs: 15000, lockTimeoutMs: 5000, idleInTransactionTimeoutMs: 10000, transactionTimeoutMs: 30000 };
const reg = new StatementRegistry({ strict: false });
const q = (st: any) => [reg.admit(st.text), encodeValues(st.values)] as const;
const steps: any = { S: (id: number) => q(statement`select id, quantity, note from ordering.items where id = ${id}`), U: (id: number) => q(statement`update ordering.items set quantity = quantity + 1 where id = ${id}`), I: (id: number) => q(statement`insert into ordering.entries (item_id, quantity) values (${id}, 1)`), B: (id: number) => q(statement`select id, quantity, note from billing.items where id = ${id}`), C: (id: number) => q(statement`insert into billing.entries (item_id, quantity) values (${id}, 1)`) };
for (const f of Object.values<any>(steps)) { f(1); f(1); }
const B = beginCommand(), O = roleCommand("bench_ordering_app"), L = roleCommand("bench_billing_app"), R = roleCommand("bench_ordering_reader");
const open = { ...connection, user: "bench_open", password: "open" };
const ops: any = { read: [[[R], "S"]], roS: [[[B, O], "S"], [[COMMIT], ""]], roU: [[[B, O], "U"], [[COMMIT], ""]], roI: [[[B, O], "I"], [[COMMIT], ""]], SSS: [[[B, O], "S"], [[], "S"], [[], "S"], [[COMMIT], ""]]};
const isRole = (c: any) => c.text.startsWith("set");
const conns: any = {};
for (const [name, seq] of Object.entries<any>(ops)) for (const walled of [false, true]) {
  const c: any = await new ConnectionFactory({ address: walled ? connection : open, applicationName: name + walled, connectTimeoutMs: 5000, limits } as any, { syncs: 0 } as any).open();
  const s = walled ? seq : seq.map(([p, k]: any) => [p.filter((x: any) => !isRole(x)), k]);
  const op = (id: number) => Promise.all(s.map(([p, k]: any) => k === "" ? c.run(p, undefined, []) : c.run(p, ...steps[k](id))));
  for (let i = 0; i < 10; i++) await op(i + 1);
  const [{ pid }] = await cluster.admin(`select pid from pg_stat_activity where application_name='${name + walled}'`) as any;
  conns[`${name} ${walled ? "walled" : "open  "}`] = { c, op, pid, pg: [], node: [] };
}
for (let r = 0; r < 60; r++) for (const k of Object.values<any>(conns)) {
  const before = cpuOf(k.pid), n = ownCpu();
  for (let b = 0; b < 10; b++) await Promise.all(Array.from({ length: 30 }, (_, i) => k.op(1 + i * 7 + b * 300 + (r % 10) * 800)));
  k.pg.push((cpuOf(k.pid) - before) / 300); k.node.push((ownCpu() - n) / 300);
}
const st = (x: number[]) => { x.sort((a, b) => a - b); return `min ${x[0]!.toFixed(1)} p25 ${x[15]!.toFixed(1)} med ${x[30]!.toFixed(1)}`; };
for (const [n, k] of Object.entries<any>(conns)) { console.log(n.padEnd(14), "pg", st(k.pg).padEnd(34), "node", st(k.node)); await k.c.close(); }
for (const e of ends) await e(); process.exit(0);
