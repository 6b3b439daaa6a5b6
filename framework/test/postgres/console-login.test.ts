import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import pg from "pg";
import { QueueAdministration } from "../../src/jobs/index.ts";
import { consoleRole, Pool, prepareDatabase, SYSTEM_SCHEMA, workerRole } from "../../src/postgres/index.ts";
import { admins, type Scratch, scratchDatabase } from "./scratch.ts";

const system = { name: SYSTEM_SCHEMA, migrations: "", publishes: [], reads: [] };

function modelOf(scratch: Scratch) {
  const model = scratch.model({
    catalog: { files: { "0001_create_products.sql": "create table products (sku text primary key);" } },
    ordering: { files: { "0001_create_orders.sql": "create table orders (id bigint primary key);" } },
  });
  return { ...model, modules: [system, ...model.modules] };
}

for (const admin of admins) {
  describe(`the console's login, laid out by a ${admin}`, () => {
    const isSuperuser = admin === "superuser";
    let scratch: Scratch;
    let console: string;
    let login: pg.Client;
    let pool: Pool;

    before(async () => {
      scratch = await scratchDatabase(admin);
      console = consoleRole(scratch.app);
      const prepared = await prepareDatabase({ adminUrl: scratch.adminUrl, model: modelOf(scratch) });
      const connection = prepared.console;
      assert.equal(connection?.user, console);
      assert.notEqual(connection.password, prepared.connection.password);
      login = new pg.Client({ ...connection } as pg.ClientConfig);
      await login.connect();
      pool = new Pool({ connection, max: 2, strictGate: prepared.softWalls.length > 0 });
    });
    after(async () => {
      await login.end();
      await pool.stop();
    });

    it("is powerless by itself and inherits what the console needs", async () => {
      assert.deepEqual(
        await scratch.sql(`select rolcanlogin as login, rolinherit as inherits,
          rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication as powerful
          from pg_roles where rolname = '${console}'`),
        [{ login: true, inherits: true, powerful: false }],
      );
      const members = await scratch.sql(`select roleid::regrole::text as role, inherit_option as inherits,
        set_option as becomes, admin_option as admin from pg_auth_members
        where member = '${console}'::regrole order by 1`);
      const worker = { role: workerRole(scratch.app), inherits: true, becomes: true, admin: false };
      const seeing = { inherits: true, becomes: false, admin: false };
      assert.deepEqual(
        members,
        // Who may not grant the two goes without, and the app starts all the same.
        isSuperuser
          ? [{ role: "pg_monitor", ...seeing }, { role: "pg_signal_backend", ...seeing }, worker]
          : [worker],
      );
    });

    it("writes nothing when all of it is there, and comes back when it was taken away", async () => {
      const again = () => prepareDatabase({ adminUrl: scratch.adminUrl, model: modelOf(scratch) });
      const state = () =>
        scratch.sql(`select oid::text, xmin::text from pg_authid where rolname = '${console}'
          union all select oid::text, xmin::text from pg_auth_members where member = '${console}'::regrole
          order by 1, 2`);
      const before = await state();
      await again();
      assert.deepEqual(await state(), before);
      await scratch.sql(`revoke ${workerRole(scratch.app)} from ${console} cascade`);
      // A plain owner may not take power away that a superuser gave.
      if (isSuperuser) await scratch.sql(`alter role ${console} createrole`);
      await again();
      assert.deepEqual(
        await scratch.sql(`select pg_has_role('${console}', '${workerRole(scratch.app)}', 'USAGE') as worker,
          rolcreaterole as powerful from pg_roles where rolname = '${console}'`),
        [{ worker: true, powerful: false }],
      );
    });

    it("reads and acts on the framework's tables under its own name", async () => {
      const { rows } = await pool.execute<{ who: string }>(console, {
        text: "select current_user as who, (select count(*) from catalog._jobs) as jobs",
        values: [],
      });
      assert.equal(rows[0]?.who, console);
      const queues = new QueueAdministration({
        app: scratch.app,
        modules: ["catalog", "ordering"],
        pool,
        role: console,
      });
      assert.equal(await queues.pauseQueue("ordering", "default", "account:olga"), true);
      assert.equal(await queues.resumeQueue("ordering", "default"), true);
      assert.deepEqual((await queues.list({ states: ["dead"] })).jobs, []);
    });

    it("sees what others run, and ends it, as far as it was allowed to", async () => {
      const other = new pg.Client(scratch.superuserUrl);
      // Ended on purpose.
      other.on("error", () => {});
      await other.connect();
      const owner = `${scratch.app}_app_other`;
      await scratch.sql(
        `create role ${owner} login password 'other'; grant connect on database ${scratch.app} to ${owner}`,
      );
      const url = new URL(scratch.superuserUrl);
      url.username = owner;
      url.password = "other";
      const victim = new pg.Client(url.href);
      victim.on("error", () => {});
      await victim.connect();
      try {
        await victim.query("select 'what it says'");
        const { rows } = await login.query("select pid, query from pg_stat_activity where usename = $1", [
          owner,
        ]);
        assert.equal(/what it says/.test(rows[0].query), isSuperuser);
        const end = login.query("select pg_terminate_backend($1) as done", [rows[0].pid]);
        if (isSuperuser) assert.equal((await end).rows[0].done, true);
        else await assert.rejects(end, { code: "42501" });
        // A superuser's session is out of everybody's reach.
        const own = await other.query("select pg_backend_pid() as pid");
        await assert.rejects(login.query("select pg_terminate_backend($1)", [own.rows[0].pid]), {
          code: "42501",
        });
      } finally {
        await victim.end().catch(() => {});
        await other.end();
        await scratch.sql(`revoke all on database ${scratch.app} from ${owner}; drop role ${owner}`);
      }
    });

    const forbidden = (app: string): Record<string, string> => ({
      "read a module's own table": "select * from catalog.products",
      "write a module's own table": "insert into ordering.orders values (1)",
      "change what migrations did": "delete from catalog._migrations",
      "become a module": `set role ${app}_catalog_app`,
      "become a module's reader": `set role ${app}_catalog_reader`,
      "become an owner": `set role ${app}_catalog_owner`,
      "become the framework's owner": `set role ${app}_ashlar_owner`,
      "become the app's login": `set role ${app}`,
      "become who may signal": "set role pg_signal_backend",
      "give away what it inherits": `grant ${workerRole(app)} to ${app}_catalog_app`,
      "make tables": "create table catalog.mine (id int)",
      "make tables of the framework's": "create table ashlar.mine (id int)",
      "make temporary tables": "create temp table mine (id int)",
      "make schemas": "create schema mine",
      "make roles": "create role mine",
      "change its framework's tables": "alter table ashlar.firings add mine text",
      "read files": "select pg_read_file('PG_VERSION')",
      "start programs": "copy (select 1) to program 'true'",
      "change settings for others": `alter database ${app} set work_mem = '1GB'`,
    });
    it("may do nothing else", async () => {
      for (const [what, text] of Object.entries(forbidden(scratch.app))) {
        await login.query("begin");
        await assert.rejects(login.query(text), { code: "42501" }, `can ${what}`);
        await login.query("rollback");
      }
    });

    it("cannot reach around the gate of its pool", async () => {
      for (const text of [
        `set role ${scratch.app}_catalog_app`,
        `select set_config('role', '${scratch.app}_catalog_app', true)`,
        `select 1; set role ${scratch.app}_catalog_app`,
        "do $$ begin end $$",
        "select query_to_xml('select 1', true, true, '')",
        "reset role",
        "commit",
      ]) {
        await assert.rejects(pool.execute(console, { text, values: [] }), text);
      }
    });
  });
}

describe("the console's login", () => {
  it("is not taken over from another app of that name", async () => {
    const scratch = await scratchDatabase();
    await prepareDatabase({
      adminUrl: scratch.adminUrl,
      model: { ...modelOf(scratch), app: `${scratch.app}_console` },
    });
    await assert.rejects(prepareDatabase({ adminUrl: scratch.adminUrl, model: modelOf(scratch) }), {
      code: "ASHLAR_NAME_TAKEN",
      message: new RegExp(`${scratch.app}_console`),
    });
  });

  it("is not there for an app that has no schema of the framework's", async () => {
    const scratch = await scratchDatabase();
    const model = scratch.model({ catalog: { files: {} } });
    const { console } = await prepareDatabase({ adminUrl: scratch.adminUrl, model });
    assert.equal(console, null);
    assert.deepEqual(await scratch.sql(`select from pg_roles where rolname = '${scratch.app}_console'`), []);
  });

  it("gets its password again when it no longer fits", async () => {
    const scratch = await scratchDatabase();
    const options = { adminUrl: scratch.adminUrl, model: modelOf(scratch) };
    await prepareDatabase(options);
    await scratch.sql(`alter role ${scratch.app}_console password 'other'`);
    const { console } = await prepareDatabase(options);
    const login = new pg.Client({ ...console } as pg.ClientConfig);
    await login.connect();
    await login.end();
  });
});
