import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { createTestDatabase, eventually } from "ashlar/testing";
import pg from "pg";
import { rulesBroken } from "./migrations-scene.ts";

// What the rules say about a statement, and what PostgreSQL does when it runs: whether it locks others out, reads the
// whole table under that lock, or writes it anew.

const TABLES = `
create type lab.state as enum ('new', 'old');
create table lab.things (
  id bigint primary key,
  n integer,
  code varchar(20),
  note text,
  amount numeric(10, 2),
  owner_id bigint,
  at timestamptz not null,
  state lab.state not null default 'new'
);
create domain lab.positive as integer check (value > 0);
create domain lab.plain as integer;
create table lab.owners (id bigint primary key);
create index things_n on lab.things (n);
create view lab.listing as select id from lab.things;
`;
const CHECKED = "alter table lab.things add constraint n_set check (n is not null) not valid;";
const UNIQUE =
  "-- ashlar: no transaction\ncreate unique index concurrently things_code on lab.things (code);";

interface Example {
  readonly sql: string;
  /** The rule that it breaks. */
  readonly rule?: string;
  /** Files between the one that made the tables and this one. */
  readonly after?: readonly string[];
  readonly rewrites?: true;
  readonly scans?: true;
  /** The strongest lock on the table: what it stops is in PostgreSQL's table of conflicts. */
  readonly lock?:
    | "AccessExclusiveLock"
    | "ShareRowExclusiveLock"
    | "ShareLock"
    | "ShareUpdateExclusiveLock"
    | "RowExclusiveLock";
}

const alter = "alter table lab.things";
const examples: readonly Example[] = [
  // Columns.
  { sql: `${alter} add column x integer` },
  { sql: `${alter} add column x integer not null default 5` },
  { sql: `${alter} add column x timestamptz not null default now()` },
  {
    sql: `${alter} add column x uuid default gen_random_uuid()`,
    rule: "migration-rewrite",
    rewrites: true,
    scans: true,
  },
  {
    sql: `${alter} add column x double precision default random()`,
    rule: "migration-rewrite",
    rewrites: true,
    scans: true,
  },
  {
    sql: `${alter} add column x timestamptz default clock_timestamp()`,
    rule: "migration-rewrite",
    rewrites: true,
    scans: true,
  },
  { sql: `${alter} add column x bigserial`, rule: "migration-rewrite", rewrites: true, scans: true },
  {
    sql: `${alter} add column x bigint generated always as identity`,
    rule: "migration-rewrite",
    rewrites: true,
    scans: true,
  },
  {
    sql: `${alter} add column x integer generated always as (n + 1) stored`,
    rule: "migration-rewrite",
    rewrites: true,
    scans: true,
  },
  { sql: `${alter} add column x integer generated always as (n + 1) virtual` },
  { sql: `${alter} add column x uuid; ${alter} alter column x set default gen_random_uuid()` },
  { sql: `${alter} add column x integer check (x > 0)`, rule: "migration-constraint", scans: true },
  { sql: `${alter} add column x lab.positive`, rule: "migration-rewrite", rewrites: true, scans: true },
  { sql: `${alter} add column x lab.plain` },
  { sql: `${alter} add column x bigint references lab.owners` },
  {
    sql: `${alter} add column x bigint default 1 references lab.owners`,
    rule: "migration-constraint",
    scans: true,
  },
  { sql: `${alter} add column x integer unique`, rule: "migration-index", scans: true },
  { sql: `${alter} alter column n drop not null` },
  { sql: `${alter} alter column n set not null`, rule: "migration-not-null", scans: true },
  {
    sql: `${alter} validate constraint n_set`,
    after: [CHECKED],
    scans: true,
    lock: "ShareUpdateExclusiveLock",
  },
  { sql: `${alter} alter column n set not null`, after: [CHECKED, `${alter} validate constraint n_set`] },
  { sql: `${alter} alter column n set not null`, after: [CHECKED], rule: "migration-not-null", scans: true },
  // Types.
  { sql: `${alter} alter column n type bigint`, rule: "migration-rewrite", rewrites: true, scans: true },
  { sql: `${alter} alter column code type varchar(40)` },
  { sql: `${alter} alter column code type text` },
  { sql: `${alter} alter column code type text using code::text` },
  {
    sql: `${alter} alter column code type varchar(10)`,
    rule: "migration-rewrite",
    rewrites: true,
    scans: true,
  },
  { sql: `${alter} alter column note type varchar` },
  {
    sql: `${alter} alter column note type varchar(99)`,
    rule: "migration-rewrite",
    rewrites: true,
    scans: true,
  },
  { sql: `${alter} alter column amount type numeric(14, 2)` },
  { sql: `${alter} alter column amount type numeric` },
  {
    sql: `${alter} alter column amount type numeric(14, 3)`,
    rule: "migration-rewrite",
    rewrites: true,
    scans: true,
  },
  {
    sql: `${alter} alter column note type text using upper(note)`,
    rule: "migration-rewrite",
    rewrites: true,
    scans: true,
  },
  { sql: `${alter} set unlogged`, rule: "migration-rewrite", rewrites: true, scans: true },
  { sql: `${alter} set (fillfactor = 70)`, lock: "ShareUpdateExclusiveLock" },
  // Constraints.
  { sql: `${alter} add constraint c check (n > 0)`, rule: "migration-constraint", scans: true },
  { sql: `${alter} add constraint c check (n > 0) not valid` },
  {
    sql: `${alter} add constraint c check (n > 0) not valid; ${alter} validate constraint c`,
    rule: "migration-constraint",
    scans: true,
  },
  {
    sql: `${alter} add column x integer; ${alter} validate constraint n_set`,
    after: [CHECKED],
    rule: "migration-constraint",
    scans: true,
  },
  {
    sql: `${alter} add constraint f foreign key (owner_id) references lab.owners`,
    rule: "migration-constraint",
    scans: true,
    lock: "ShareRowExclusiveLock",
  },
  {
    sql: `${alter} add constraint f foreign key (owner_id) references lab.owners not valid`,
    lock: "ShareRowExclusiveLock",
  },
  { sql: `${alter} add constraint u unique (code)`, rule: "migration-index", scans: true },
  { sql: `${alter} add constraint u unique using index things_code`, after: [UNIQUE] },
  { sql: `${alter} drop constraint things_pkey, add primary key (id)`, rule: "migration-index", scans: true },
  { sql: `${alter} add constraint e exclude (n with =)`, rule: "migration-index", scans: true },
  { sql: `${alter} add constraint n_there not null n`, rule: "migration-constraint", scans: true },
  { sql: `${alter} add constraint n_there not null n not valid` },
  // Indexes.
  { sql: "create index i on lab.things (note)", rule: "migration-index", scans: true, lock: "ShareLock" },
  {
    sql: "create unique index i on lab.things (id)",
    rule: "migration-index",
    scans: true,
    lock: "ShareLock",
  },
  { sql: "reindex table lab.things", rule: "migration-index", scans: true, lock: "ShareLock" },
  // Locks.
  { sql: "lock table lab.things", rule: "migration-lock" },
  { sql: "lock table lab.things in share mode", rule: "migration-lock", lock: "ShareLock" },
  { sql: "lock table lab.things in row exclusive mode", lock: "RowExclusiveLock" },
  { sql: "cluster lab.things using things_pkey", rule: "migration-lock", rewrites: true, scans: true },
  // What the code of the release before still uses.
  { sql: `${alter} drop column n`, rule: "migration-drop" },
  { sql: `${alter} rename column n to m`, rule: "migration-rename" },
  { sql: `${alter} rename to stuff`, rule: "migration-rename" },
  { sql: `${alter} rename to stuff; create view lab.things as select * from lab.stuff` },
  { sql: `${alter} rename constraint things_pkey to things_key` },
  { sql: "truncate lab.things", rule: "migration-drop", rewrites: true, scans: true },
];

const database = await createTestDatabase({
  app: "deploy_lab",
  modules: [{ name: "lab", migrations: "", publishes: [], reads: [] }],
});
const client = new pg.Client(database.url);
await client.connect();
after(async () => {
  await client.end();
  await database.drop();
});
await client.query(TABLES);
await client.query(`
  insert into lab.owners select generate_series(1, 10);
  insert into lab.things select i, i, 'c' || i, 'n', i, 1 + i % 10, now() from generate_series(1, 1000) i`);

/** Runs a file, and those before it, and says what the last one did to lab.things. Nothing of it stays. */
async function observe({ sql, after: files = [] }: Example) {
  await client.query("begin");
  try {
    for (const file of files) await client.query(file.replace(" concurrently", ""));
    await client.query("savepoint before");
    const table = (await client.query("select 'lab.things'::regclass::oid as oid")).rows[0].oid;
    const look = async () => {
      const { rows } = await client.query(
        `select pg_relation_filenode($1::oid) as file,
           (select seq_scan::int from pg_stat_xact_user_tables where relid = $1::oid) as scans`,
        [table],
      );
      return rows[0] as { file: number; scans: number };
    };
    const before = await look();
    const modes = async () => {
      const { rows } = await client.query(
        "select mode from pg_locks where pid = pg_backend_pid() and relation = $1",
        [table],
      );
      return rows.map(({ mode }) => mode as string);
    };
    const held = await modes();
    await client.query(sql);
    const now = await look();
    const taken = (await modes()).filter((mode) => !held.includes(mode));
    return {
      rewrites: now.file !== before.file,
      scans: now.scans > before.scans,
      lock: STRENGTH.find((mode) => taken.includes(mode)),
    };
  } finally {
    await client.query("rollback");
  }
}

const STRENGTH = [
  "AccessExclusiveLock",
  "ShareRowExclusiveLock",
  "ShareLock",
  "ShareUpdateExclusiveLock",
  "RowExclusiveLock",
];

describe("a statement that is not safe beside running code is found, and its recipe is not", () => {
  for (const example of examples) {
    const { sql, rule, after: files = [] } = example;
    const name = `${files.length > 0 ? "… " : ""}${sql}`;
    test(`${name}: ${rule ?? "safe"}`, async () => {
      assert.deepEqual([...new Set(rulesBroken(TABLES, ...files, sql))], rule === undefined ? [] : [rule]);
      const seen = await observe(example);
      assert.deepEqual(
        { rewrites: seen.rewrites, scans: seen.scans },
        { rewrites: example.rewrites ?? false, scans: example.scans ?? false },
        "what PostgreSQL did to the rows",
      );
      // A lock that a file before took is not gone, as it would be in a deploy, and is not taken again.
      const expected = example.lock ?? (files.length === 0 ? "AccessExclusiveLock" : seen.lock);
      assert.equal(seen.lock, expected);
    });
  }
});

describe("beside a transaction that has written to the table, writers of other rows", () => {
  /** Starts the statement while somebody else holds what they wrote, and says whether a third one may write then. */
  async function mayWriteDuring(sql: string): Promise<boolean> {
    const [holder, builder, writer] = [0, 1, 2].map(() => new pg.Client(database.url)) as [
      pg.Client,
      pg.Client,
      pg.Client,
    ];
    await Promise.all([holder, builder, writer].map((each) => each.connect()));
    try {
      await holder.query("begin; update lab.things set n = n where id = 1");
      const building = builder.query(sql);
      await eventually("the statement waits", async () => {
        const { rows } = await client.query(
          "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query = $1",
          [sql],
        );
        return rows.length > 0;
      });
      await writer.query("set lock_timeout = 200");
      const wrote = await writer.query("update lab.things set n = n where id = 2").then(
        () => true,
        (error) => {
          assert.equal(error.code, "55P03");
          return false;
        },
      );
      await holder.query("commit");
      await building;
      return wrote;
    } finally {
      await Promise.all([holder, builder, writer].map((each) => each.end()));
    }
  }

  test("wait for CREATE INDEX, and not for CREATE INDEX CONCURRENTLY", async () => {
    assert.equal(await mayWriteDuring("create index waited on lab.things (note)"), false);
    assert.equal(await mayWriteDuring("create index concurrently passed on lab.things (note)"), true);
  });

  test("wait for DROP INDEX, and not for DROP INDEX CONCURRENTLY", async () => {
    assert.equal(await mayWriteDuring("drop index lab.waited"), false);
    assert.equal(await mayWriteDuring("drop index concurrently lab.passed"), true);
  });
});
