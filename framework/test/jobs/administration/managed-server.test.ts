import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, test } from "node:test";
import { testServerUrl } from "ashlar/testing";
import pg from "pg";
import { QueueAdministration } from "../../../src/jobs/administration/administration.ts";
import { prepareDatabase } from "../../../src/postgres/index.ts";

// As on a managed PostgreSQL, where nobody gets to be superuser.
const name = `managed_${randomBytes(3).toString("hex")}`;
const server = new URL(await testServerUrl());
const superuser = new pg.Client(server.href);
await superuser.connect();
await superuser.query(`create role ${name}_dba login createrole password 'dba'`);
await superuser.query(`create role ${name}_guest login password 'guest'`);
await superuser.query(`create database ${name} owner ${name}_dba`);

after(async () => {
  await superuser.query(`drop database ${name} with (force)`);
  await superuser.end();
});

function urlOf(user: string, password: string): string {
  const url = new URL(server.href);
  Object.assign(url, { username: `${name}_${user}`, password, pathname: `/${name}` });
  return url.href;
}

const nothing = { migrations: "", publishes: [], reads: [] };
await prepareDatabase({
  adminUrl: urlOf("dba", "dba"),
  model: {
    app: name,
    modules: [
      { name: "ashlar", ...nothing },
      { name: "billing", ...nothing },
    ],
  },
});

test("the owner of the database administers its queues without being superuser", async () => {
  for (const round of ["first", "second"]) {
    const administration = await QueueAdministration.open(urlOf("dba", "dba"));
    try {
      assert.deepEqual([administration.app, administration.modules], [name, ["billing"]], round);
      assert.equal(await administration.pauseQueue("billing", round, null), true);
    } finally {
      await administration.close();
    }
  }
});

test("the app still starts afterwards: that the owner may act as the worker role is no violation", async () => {
  await prepareDatabase({
    adminUrl: urlOf("dba", "dba"),
    model: {
      app: name,
      modules: [
        { name: "ashlar", ...nothing },
        { name: "billing", ...nothing },
      ],
    },
  });
});

test("whoever may not act as the worker role is refused with the remedy", async () => {
  await superuser.query(`grant connect on database ${name} to ${name}_guest`);
  await assert.rejects(QueueAdministration.open(urlOf("guest", "guest")), {
    code: "ASHLAR_NOT_ADMINISTRATOR",
    message: /Connect as the administrator that the app is started with/,
  });
});
