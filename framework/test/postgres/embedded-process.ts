// Run by embedded.test.ts as a process of its own: starts the embedded server of argv[2], prints what it
// got as one line of JSON, and stops on SIGINT, after a last query to show that the server still lives.
import pg from "pg";
import { startEmbeddedPostgres } from "../../src/postgres/embedded-postgres.ts";

const options = JSON.parse(process.argv[2] ?? "{}");
try {
  const server = await startEmbeddedPostgres({ durable: false, ...options });
  // Nothing else keeps the process alive: the server itself must not.
  const alive = setInterval(() => {}, 60_000);
  process.once("SIGINT", async () => {
    const client = new pg.Client(server.url);
    await client.connect();
    const { rows } = await client.query("select 'still here' as answer");
    await client.end();
    await server.stop();
    console.log(JSON.stringify(rows[0]));
    clearInterval(alive);
  });
  console.log(JSON.stringify(server));
} catch (error) {
  const { code, message } = error as Error & { code?: string };
  console.log(JSON.stringify({ code, message }));
}
