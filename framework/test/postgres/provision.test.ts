import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { describe, it } from "node:test";
import pg from "pg";
import { applyDatabaseGrants, prepareDatabase } from "../../src/postgres/index.ts";
import { admins, run, scratchDatabase, urlOf } from "./scratch.ts";

const twoModules = {
  catalog: { files: { "0001_create_products.sql": "create table products (sku text primary key);" } },
  ordering: { files: { "0001_create_orders.sql": "create table orders (id bigint primary key);" } },
};

for (const admin of admins) {
  describe(`provisioning by a ${admin}`, () => {
    it("makes a login without rights, three roles and a schema per module", async () => {
      const { app, adminUrl, model, sql } = await scratchDatabase(admin);
      const { connection } = await prepareDatabase({ adminUrl, model: model(twoModules) });
      assert.deepEqual(
        await sql(`select rolname::text as role, rolcanlogin as login, rolinherit as inherits,
          rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication as powerful
          from pg_roles where rolname in ('${app}', '${app}_catalog_owner', '${app}_catalog_app', '${app}_catalog_reader')
          order by 1`),
        [
          { role: app, login: true, inherits: false, powerful: false },
          { role: `${app}_catalog_app`, login: false, inherits: true, powerful: false },
          { role: `${app}_catalog_owner`, login: false, inherits: true, powerful: false },
          { role: `${app}_catalog_reader`, login: false, inherits: true, powerful: false },
        ],
      );
      assert.deepEqual(
        await sql(`select roleid::regrole::text as role, set_option, inherit_option, admin_option
          from pg_auth_members where member = '${app}'::regrole order by 1`),
        ["catalog_app", "catalog_reader", "ordering_app", "ordering_reader"].map((role) => ({
          role: `${app}_${role}`,
          set_option: true,
          inherit_option: false,
          admin_option: false,
        })),
      );
      assert.deepEqual(
        await sql("select nspowner::regrole::text as owner from pg_namespace where nspname = 'catalog'"),
        [{ owner: `${app}_catalog_owner` }],
      );
      const login = new pg.Client({ ...connection } as pg.ClientConfig);
      await login.connect();
      await assert.rejects(login.query("select from catalog.products"), { code: "42501" });
      await assert.rejects(login.query("create temp table t ()"), { code: "42501" });
      await login.end();
    });

    it("writes nothing when all of it is there", async () => {
      const { app, adminUrl, model, sql } = await scratchDatabase(admin);
      const options = { adminUrl, model: model(twoModules) };
      await prepareDatabase(options);
      // Every change of a row in these catalogues gives it another xmin.
      const state = () =>
        sql(`select 'role' as kind, oid::text, xmin::text from pg_authid where rolname ~ '^${app}'
          union all select 'member', oid::text, xmin::text from pg_auth_members where member::regrole::text ~ '^${app}'
          union all select 'schema', oid::text, xmin::text from pg_namespace
          union all select 'default', oid::text, xmin::text from pg_default_acl
          union all select 'class', oid::text, xmin::text from pg_class
          union all select 'proc', oid::text, xmin::text from pg_proc
          union all select 'database', oid::text, xmin::text from pg_database where datname = '${app}'
          union all select 'migration', version::text, xmin::text from catalog._migrations
          order by 1, 2`);
      const before = await state();
      const { migrated } = await prepareDatabase(options);
      assert.deepEqual(migrated, []);
      assert.deepEqual(await state(), before);
    });

    it("repairs a grant that was lost", async () => {
      const { app, adminUrl, model, sql } = await scratchDatabase(admin);
      const options = { adminUrl, model: model(twoModules) };
      await prepareDatabase(options);
      await sql(`revoke usage on schema catalog from ${app}_catalog_app; revoke ${app}_ordering_reader from ${app} cascade;
        alter role ${app}_catalog_owner login; grant connect on database ${app} to public`);
      await prepareDatabase(options);
      assert.deepEqual(
        await sql(`select has_schema_privilege('${app}_catalog_app', 'catalog', 'USAGE') as usage,
          pg_has_role('${app}', '${app}_ordering_reader', 'SET') as member,
          (select rolcanlogin from pg_roles where rolname = '${app}_catalog_owner') as login,
          has_database_privilege('public', '${app}', 'CONNECT') as open`),
        [{ usage: true, member: true, login: false, open: false }],
      );
    });

    it("leaves a module alone that the model no longer has", async () => {
      const { adminUrl, model, sql } = await scratchDatabase(admin);
      await prepareDatabase({ adminUrl, model: model(twoModules) });
      await sql("insert into ordering.orders values (1)");
      await prepareDatabase({ adminUrl, model: model({ catalog: twoModules.catalog }) });
      assert.deepEqual(await sql("select id::int from ordering.orders"), [{ id: 1 }]);
    });

    it("is safe for several instances that start at once", async () => {
      const { adminUrl, model } = await scratchDatabase(admin);
      const options = { adminUrl, model: model(twoModules) };
      const instances = await Promise.all(Array.from({ length: 4 }, () => prepareDatabase(options)));
      assert.equal(new Set(instances.map(({ connection }) => connection.password)).size, 1);
      assert.equal(instances.flatMap(({ migrated }) => migrated).length, 8, "each migration once");
    });

    it("takes names that are keywords of SQL", async () => {
      const { adminUrl, model, sql } = await scratchDatabase(admin);
      const files = {
        "0001_create_table.sql": "create table items (id int); create view names as select id from items;",
      };
      const keywords = model({
        user: { files, publishes: ["names"] },
        order: { files, reads: [{ module: "user", view: "names" }] },
        table: { files },
      });
      await prepareDatabase({ adminUrl, model: keywords });
      assert.deepEqual(
        await sql('select count(*)::int as n from "user".items, "order".items, "table".items'),
        [{ n: 0 }],
      );
    });
  });
}

describe("hardening", () => {
  it("is complete by a superuser", async () => {
    const { adminUrl, model } = await scratchDatabase();
    assert.deepEqual((await prepareDatabase({ adminUrl, model: model(twoModules) })).softWalls, []);
  });

  it("is reported as soft by a plain owner, with a remedy that works", async () => {
    const { adminUrl, model, sql } = await scratchDatabase("owner");
    const options = { adminUrl, model: model(twoModules) };
    const { softWalls } = await prepareDatabase(options);
    assert.deepEqual(
      softWalls.map(({ wall }) => wall),
      [
        "set_config",
        "query_to_xml and its family",
        "creating large objects",
        "update of pg_settings",
        "languages sql and plpgsql",
        "silence of the server's log",
      ],
    );
    for (const { why, remedy } of softWalls) {
      assert.match(why, /superuser/);
      await sql(remedy);
    }
    assert.deepEqual((await prepareDatabase(options)).softWalls, []);
    const withFunction = model({
      catalog: {
        files: {
          ...twoModules.catalog.files,
          "0002_create_function.sql":
            "create function one() returns int language sql security definer set search_path = catalog return 1;",
        },
      },
    });
    await prepareDatabase({ adminUrl, model: withFunction });
  });
});

describe("the login's password", () => {
  it("is derived alike on every instance, differs from the admin's, and is stored as a scram verifier", async () => {
    const { app, adminUrl, model, sql } = await scratchDatabase();
    const options = { adminUrl, model: model({}) };
    const first = await prepareDatabase(options);
    const second = await prepareDatabase(options);
    assert.equal(first.connection.password, second.connection.password);
    assert.notEqual(first.connection.password, decodeURIComponent(new URL(adminUrl).password));
    assert.deepEqual(
      await sql(
        `select split_part(rolpassword, ':', 1) ~ '^SCRAM-SHA-256.4096' as scram from pg_authid where rolname = '${app}'`,
      ),
      [{ scram: true }],
    );
  });

  it("is set again when it no longer fits", async () => {
    const { app, adminUrl, model, sql } = await scratchDatabase("owner");
    await prepareDatabase({ adminUrl, model: model({}) });
    await sql(`alter role ${app} password 'changed'`);
    const { connection } = await prepareDatabase({ adminUrl, model: model({}) });
    assert.deepEqual(await loginAs(connection), [{ user: app }]);
    const given = await prepareDatabase({ adminUrl, model: model({}), loginPassword: "gïvén by the host" });
    assert.equal(given.connection.password, "gïvén by the host");
    assert.deepEqual(await loginAs(given.connection), [{ user: app }]);
  });
});

describe("a clone of a prepared database", () => {
  it("lets nobody in until the grants on the database are made again", async () => {
    const { app, adminUrl, model, sql } = await scratchDatabase();
    const { connection } = await prepareDatabase({ adminUrl, model: model(twoModules) });
    const clone = `${app}_clone`;
    await run(await urlOf("postgres"), `create database ${clone} template ${app}`);
    try {
      const open = () => sql(`select has_database_privilege('public', '${clone}', 'TEMP') as open`);
      assert.deepEqual(await open(), [{ open: true }], "this is why");
      await applyDatabaseGrants(await urlOf(clone), model(twoModules));
      assert.deepEqual(await open(), [{ open: false }]);
      assert.deepEqual(await loginAs({ ...connection, database: clone }), [{ user: app }]);
    } finally {
      await sql(`drop database ${clone} with (force)`);
    }
  });
});

describe("what provisioning refuses", () => {
  it("a schema of someone else", async () => {
    const { adminUrl, model, sql } = await scratchDatabase();
    await sql("create schema catalog");
    await assert.rejects(prepareDatabase({ adminUrl, model: model(twoModules) }), {
      code: "ASHLAR_NAME_TAKEN",
      message: /Schema catalog belongs to postgres/,
    });
  });

  it("a role that another app's name leads to as well", async () => {
    const { app, adminUrl, model } = await scratchDatabase();
    await prepareDatabase({ adminUrl, model: model({ a_b: {} }) });
    const other = await scratchDatabase();
    await assert.rejects(
      prepareDatabase({ adminUrl: other.adminUrl, model: { ...other.model({ b: {} }), app: `${app}_a` } }),
      {
        code: "ASHLAR_NAME_TAKEN",
        message: new RegExp(`Role ${app}_a_b_app is the one of "ashlar: module a_b of app ${app}"`),
      },
    );
  });

  it("an admin who may not, and says what to grant", async () => {
    const { app, superuserUrl, model, sql } = await scratchDatabase();
    await sql(`create role ${app}_guest login password 'secret'`);
    const url = new URL(superuserUrl);
    url.username = `${app}_guest`;
    url.password = "secret";
    await assert.rejects(prepareDatabase({ adminUrl: url.href, model: model(twoModules) }), {
      code: "ASHLAR_PROVISION_NOT_ALLOWED",
      message: new RegExp(`alter role ${app}_guest createrole; alter database ${app} owner to ${app}_guest`),
    });
    await sql(`drop role ${app}_guest`);
  });

  it("a model that no database can hold, listing every fault", async () => {
    const { adminUrl, model } = await scratchDatabase();
    const broken = model({
      pg_catalogue: {},
      catalog: { publishes: ["Names"], reads: [{ module: "ordering", view: "totals" }] },
    });
    await assert.rejects(prepareDatabase({ adminUrl, model: broken }), {
      code: "ASHLAR_DATABASE_MODEL_INVALID",
      message: /pg_catalogue.*"Names".*reads ordering\.totals/s,
    });
  });

  it("a server that is not there, an unreadable address, a wrong password", async () => {
    const { adminUrl, model } = await scratchDatabase();
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    server.close();
    await assert.rejects(
      prepareDatabase({ adminUrl: `postgres://a:b@127.0.0.1:${port}/c`, model: model({}) }),
      {
        code: "ASHLAR_DATABASE_UNAVAILABLE",
        message: new RegExp(
          `PostgreSQL at 127\\.0\\.0\\.1:${port} cannot be reached: .*ECONNREFUSED.*DATABASE_URL`,
        ),
      },
    );
    await assert.rejects(
      prepareDatabase({ adminUrl: "postgres://a:secret@[::/c", model: model({}) }),
      (error: Error) => {
        assert.equal((error as { code?: string }).code, "ASHLAR_DATABASE_REFUSED");
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
    );
    const url = new URL(adminUrl);
    url.password = "wrong";
    await assert.rejects(prepareDatabase({ adminUrl: url.href, model: model({}) }), {
      code: "ASHLAR_DATABASE_REFUSED",
    });
  });

  it("a server that is too old", async () => {
    const server = createServer(speakAsVersion15).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const { model } = await scratchDatabase();
    await assert.rejects(
      prepareDatabase({ adminUrl: `postgres://a:b@127.0.0.1:${port}/c`, model: model({}) }),
      {
        code: "ASHLAR_POSTGRES_TOO_OLD",
        message: new RegExp(
          `^PostgreSQL at 127\\.0\\.0\\.1:${port} is version 15\\.4; the walls need 16 or later\\.`,
        ),
      },
    );
    server.close();
  });
});

async function loginAs(connection: object): Promise<unknown[]> {
  const client = new pg.Client({ ...connection } as pg.ClientConfig);
  await client.connect();
  const { rows } = await client.query("select current_user::text as user");
  await client.end();
  return rows;
}

/** As much of a server as answers the first question that an admin connection asks. */
function speakAsVersion15(socket: Socket): void {
  const message = (type: string, ...parts: (string | Buffer)[]) => {
    const body = Buffer.concat(
      parts.map((part) => (typeof part === "string" ? Buffer.from(`${part}\0`) : part)),
    );
    const head = Buffer.alloc(5);
    head.write(type);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  const int = (size: number, value: number) => {
    const buffer = Buffer.alloc(size);
    buffer.writeIntBE(value, 0, size);
    return buffer;
  };
  const column = (name: string, type: number) =>
    Buffer.concat([
      Buffer.from(`${name}\0`),
      int(4, 0),
      int(2, 0),
      int(4, type),
      int(2, -1),
      int(4, -1),
      int(2, 0),
    ]);
  const value = (text: string) => Buffer.concat([int(4, text.length), Buffer.from(text)]);
  const ready = message("Z", Buffer.from("I"));
  socket.once("data", () => {
    socket.write(Buffer.concat([message("R", int(4, 0)), ready]));
    socket.on("data", (data) => {
      if (data.toString("latin1", 0, 1) === "X") return socket.end();
      socket.write(
        Buffer.concat([
          message("T", int(2, 2), column("number", 23), column("version", 25)),
          message("D", int(2, 2), value("150004"), value("15.4")),
          message("C", "SELECT 1"),
          ready,
        ]),
      );
    });
  });
}
