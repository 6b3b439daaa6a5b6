import { loadPeer, missingPeer } from "./peer.ts";
import { createPostgresStorage } from "./postgres-storage.ts";
import type { QueueSystem } from "./system.ts";

interface Job {
  readonly id: string;
  readonly data: { readonly i: number };
}

/** What is used here of the package's exports. */
interface PgBoss {
  start(): Promise<unknown>;
  createQueue(name: string, options: object): Promise<void>;
  send(name: string, data: object): Promise<unknown>;
  insert(name: string, jobs: readonly { data: object }[]): Promise<unknown>;
  work(name: string, options: object, handler: (jobs: readonly Job[]) => Promise<unknown>): Promise<string>;
  offWork(name: string, options: object): Promise<void>;
  stop(options: object): Promise<void>;
  on(event: "error", listener: (error: unknown) => void): void;
}

const QUEUE = "noop";

/** Large batches, settled job by job, fetched without a pause while they come back full, and woken by NOTIFY. */
const WORKER = { batchSize: 500, localConcurrency: 2, perJobResults: true, burstWhenBatchFull: true };

async function start(url: string): Promise<PgBoss> {
  const { PgBoss } = await loadPeer<{ PgBoss: new (options: object) => PgBoss }>("pg-boss");
  const boss = new PgBoss({ connectionString: url, max: 16, useListenNotify: true });
  boss.on("error", (error) => console.error("pg-boss:", error));
  await boss.start();
  return boss;
}

export const pgBoss: QueueSystem = {
  name: "pg-boss",
  missing: () => missingPeer("pg-boss"),
  prepare: (session, cluster) =>
    createPostgresStorage(
      session,
      cluster,
      {
        database: "pg_boss",
        unfinished: "select count(*) as unfinished from pgboss.job where state < 'completed'",
        clear: "truncate pgboss.job",
      },
      async (url) => {
        const boss = await start(url);
        await boss.createQueue(QUEUE, { notify: true });
        await boss.stop({ graceful: true });
        return url;
      },
    ),
  open: async (url) => {
    const boss = await start(url);
    return {
      enqueue: (i) => boss.send(QUEUE, { i }),
      enqueueMany: (numbers) =>
        boss.insert(
          QUEUE,
          numbers.map((i) => ({ data: { i } })),
        ),
      work: async (perform) => {
        await boss.work(QUEUE, WORKER, (jobs) =>
          Promise.all(
            jobs.map(async ({ id, data }) => {
              await perform(data.i);
              return { id, status: "completed" };
            }),
          ),
        );
        return { stop: () => boss.offWork(QUEUE, { wait: true }) };
      },
      stop: () => boss.stop({ graceful: true, timeout: 5_000 }),
    };
  },
};
