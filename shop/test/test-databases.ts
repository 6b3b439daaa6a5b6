import { randomBytes } from "node:crypto";
import { after } from "node:test";
import { testServerUrl } from "ashlar/testing";
import pg from "pg";

const names: string[] = [];

after(async () => {
  if (names.length === 0) return;
  await asAdmin(await testServerUrl(), async (client) => {
    for (const name of names) await client.query(`drop database if exists ${name} with (force)`);
  });
});

/** An empty database on the test server; the URL is an administrator's. It goes with the test file. */
export async function newDatabase(): Promise<string> {
  const server = await testServerUrl();
  const name = `shop_host_${randomBytes(4).toString("hex")}`;
  names.push(name);
  await asAdmin(server, (client) => client.query(`create database ${name}`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

export async function asAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
