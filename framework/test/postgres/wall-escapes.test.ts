import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type DatabaseModel, Pool, prepareDatabase, rolesOf, testWalls } from "../../src/postgres/index.ts";
import { admins, type Scratch, scratchDatabase } from "./scratch.ts";

for (const admin of admins) {
  describe(`escapes through the pool of a database laid out by a ${admin}`, () => {
    let scratch: Scratch;
    let model: DatabaseModel;
    let pool: Pool;
    let ordering: string;
    let billing: string;

    before(async () => {
      scratch = await scratchDatabase(admin);
      const files = (table: string) => ({
        "0001_create.sql": `create table ${table} (id int); insert into ${table} values (1);`,
      });
      model = scratch.model({ ordering: { files: files("orders") }, billing: { files: files("invoices") } });
      const { connection, softWalls } = await prepareDatabase({ adminUrl: scratch.adminUrl, model });
      // One connection, so that whatever an escape leaves behind meets the next statement.
      pool = new Pool({ connection, max: 1, strictGate: softWalls.length > 0 });
      ordering = rolesOf(scratch.app, "ordering").app;
      billing = rolesOf(scratch.app, "billing").app;
    });
    after(() => pool.stop());

    const escapes: Record<string, (role: string) => string> = {
      "set role": (role) => `set role ${role}`,
      "set local role": (role) => `set local role ${role}`,
      "set role behind a comment": (role) => `/* select */ -- select\nset role ${role}`,
      "set role in parentheses": (role) => `(set role ${role})`,
      "reset role": () => "reset role",
      "reset all": () => "reset all",
      "set session authorization": (role) => `set session authorization ${role}`,
      do: (role) => `do $$ begin execute 'set role ${role}'; end $$`,
      commit: () => "commit",
      begin: () => "begin",
      rollback: () => "rollback",
      "discard all": () => "discard all",
      "execute of a prepared statement": () => "execute anything",
      prepare: () => "prepare p as select id from billing.invoices",
      call: () => "call billing.anything()",
      "copy to the client": () => "copy (select id from billing.invoices) to stdout",
      "copy to a program": () => "copy (select 1) to program 'true'",
      "create temp table": () => "create temp table t (id int)",
      "create function": () =>
        "create function ordering.evil() returns void language plpgsql as $$ begin execute 'reset role'; end $$",
      declare: () => "declare c cursor for select 1",
      listen: () => "listen x",
      load: () => "load 'auto_explain'",
      "explain analyze": () => "explain analyze select id from billing.invoices",
      "stacked statements": (role) => `select 1; set role ${role}`,
      "stacked statements behind a comment": (role) => `select 1 /* ; */; /* */ set local role ${role}`,
      set_config: (role) => `select set_config('role', '${role}', false)`,
      "set_config for the transaction": (role) => `select set_config('role', '${role}', true)`,
      "set_config by its full name": (role) => `select pg_catalog . set_config('role', '${role}', false)`,
      "set_config with an escaped name": (role) => `select U&"set\\005fconfig"('role', '${role}', false)`,
      "set_config within a write": (role) =>
        `insert into ordering.orders select length(set_config('role', '${role}', false))`,
      "update of pg_settings": (role) => `update pg_settings set setting = '${role}' where name = 'role'`,
      query_to_xml: (role) =>
        `select query_to_xml('select set_config(''role'', ''${role}'', false)', true, true, '')`,
      query_to_xmlschema: () =>
        "select query_to_xmlschema('select id from billing.invoices', true, true, '')",
      table_to_xml: () => "select table_to_xml('billing.invoices'::regclass, true, true, '')",
      "set_config hidden in the query of ts_stat": (role) =>
        `select * from ts_stat('select to_tsvector(set' || '_config(''role'', ''${role}'', false))')`,
      "set_config hidden in the query of ts_rewrite": (role) =>
        `select ts_rewrite('a'::tsquery, 'select ''a''::tsquery, to_tsquery(set' || '_config(''role'', ''${role}'', false))')`,
      "large objects": () => "select lo_create(0)",
      "files of the server": () => "select pg_read_file('PG_VERSION')",
      "ts_stat with a statement": () =>
        "select * from ts_stat('select to_tsvector(id::text) from billing.invoices')",
      "another module's table": () => "select id from billing.invoices",
    };
    for (const [name, textFor] of Object.entries(escapes)) {
      it(`${name}: is refused and leaves nothing behind`, async () => {
        const text = textFor(billing);
        const attempt = pool.execute(ordering, { text, values: [] });
        await assert.rejects(attempt, (error: { code?: string; sqlState?: string }) => {
          const known =
            error.code === "ASHLAR_STATEMENT_REFUSED" || ["42501", "42601"].includes(error.sqlState ?? "");
          assert.ok(known, `${error.code} ${error.sqlState}: ${error}`);
          return true;
        });
        await isBackInPlace();
      });

      it(`${name}: is refused within a transaction as well`, async () => {
        const transaction = pool.begin();
        await transaction.execute(ordering, { text: "select id from ordering.orders", values: [] });
        await assert.rejects(transaction.execute(ordering, { text: textFor(billing), values: [] }));
        await transaction.rollback();
        await isBackInPlace();
      });
    }

    async function isBackInPlace(): Promise<void> {
      const { rows } = await pool.execute(ordering, {
        text: "select current_user::text as role, session_user::text as login, id from ordering.orders",
        values: [],
      });
      assert.deepEqual(rows, [{ role: ordering, login: scratch.app, id: 1 }]);
      await assert.rejects(pool.execute(ordering, { text: "select id from billing.invoices", values: [] }), {
        sqlState: "42501",
      });
    }

    it("a statement prepared under one role is refused under another", async () => {
      const statement = { text: "select id from billing.invoices where id > $1", values: [0] };
      // The second use gives the text its name on the connection.
      for (let use = 0; use < 3; use++) await pool.execute(billing, statement);
      await assert.rejects(pool.execute(ordering, statement), { code: "ASHLAR_WALL", sqlState: "42501" });
    });

    it("a login that lost a membership is refused, not let through under its old role", async () => {
      await pool.execute(billing, { text: "select 1", values: [] });
      await scratch.sql(`revoke ${ordering} from ${scratch.app} cascade`);
      try {
        await assert.rejects(
          pool.execute(ordering, { text: "select id from billing.invoices", values: [] }),
          {
            sqlState: "42501",
          },
        );
      } finally {
        await prepareDatabase({ adminUrl: scratch.adminUrl, model });
      }
      await isBackInPlace();
    });

    it("the self-test says that all walls hold, and which of them hold by the gate alone", async () => {
      const { walls } = await testWalls(pool, model);
      assert.deepEqual(
        walls.filter(({ holds }) => !holds),
        [],
      );
      assert.deepEqual(
        walls.filter(({ soft }) => soft).map(({ wall }) => wall),
        [
          // The pool itself changes roles, so the server must let the login do that.
          "set role",
          "reset role",
          "session authorization",
          ...(admin === "superuser"
            ? []
            : [
                "set_config",
                "update of pg_settings",
                "query_to_xml and its family",
                "creating large objects",
                "languages sql and plpgsql",
              ]),
        ],
      );
      await isBackInPlace();
      assert.deepEqual(
        await scratch.sql("select count(*)::int as n from ordering.orders, billing.invoices"),
        [{ n: 1 }],
      );
    });

    it("the self-test finds each wall that someone broke", async () => {
      const { app } = scratch;
      const owner = rolesOf(app, "ordering").owner;
      const breaches: Record<string, [breach: string, repair: string]> = {
        "reading another module's tables": [
          `grant usage on schema billing to ${ordering}; grant select on billing._migrations to ${ordering}`,
          `revoke all on billing._migrations from ${ordering}; revoke usage on schema billing from ${ordering}`,
        ],
        "queries only read": [
          `grant delete on ordering._migrations to ${app}_ordering_reader`,
          `revoke delete on ordering._migrations from ${app}_ordering_reader`,
        ],
        "role of the owner": [
          `grant ${owner} to ${app} with inherit false, set true`,
          `revoke ${owner} from ${app}`,
        ],
        "login without power": [`alter role ${app} createrole`, `alter role ${app} nocreaterole`],
        "login without rights": [
          `grant usage on schema ordering to ${app}; grant select on ordering._migrations to ${app}`,
          `revoke all on ordering._migrations from ${app}; revoke usage on schema ordering from ${app}`,
        ],
        "temporary tables": [
          `grant temp on database ${app} to ${ordering}`,
          `revoke temp on database ${app} from ${ordering}`,
        ],
        "creating tables": [
          `grant create on schema ordering to ${ordering}`,
          `revoke create on schema ordering from ${ordering}`,
        ],
        "files of the server": [
          `grant execute on function pg_read_file(text) to ${ordering}; grant pg_read_server_files to ${ordering}`,
          `revoke execute on function pg_read_file(text) from ${ordering}; revoke pg_read_server_files from ${ordering}`,
        ],
      };
      for (const [wall, [breach, repair]] of Object.entries(breaches)) {
        await scratch.sql(breach);
        try {
          const { walls } = await testWalls(pool, model);
          const broken = walls.filter(({ holds }) => !holds);
          assert.ok(
            broken.some((result) => result.wall === wall),
            `${wall}: ${JSON.stringify(broken)}`,
          );
        } finally {
          await scratch.sql(repair);
        }
      }
      assert.ok((await testWalls(pool, model)).walls.every(({ holds }) => holds));
    });
  });
}

describe("the statement gate without hardening", () => {
  it("is what holds: without it, set_config changes the role", async () => {
    const scratch = await scratchDatabase("owner");
    const model = scratch.model({ ordering: {}, billing: {} });
    const { connection } = await prepareDatabase({ adminUrl: scratch.adminUrl, model });
    const pool = new Pool({ connection, max: 1 });
    const { walls } = await testWalls(pool, model);
    await pool.stop();
    assert.deepEqual(
      walls.filter(({ holds }) => !holds).map(({ wall }) => wall),
      ["set_config", "update of pg_settings", "query_to_xml and its family", "creating large objects"],
    );
  });
});
