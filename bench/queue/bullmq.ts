import { loadPeer, missingPeer, missingProgram } from "./peer.ts";
import { startRedis } from "./redis-storage.ts";
import type { QueueSystem } from "./system.ts";

/** What is used here of the package's exports. */
interface BullMq {
  Queue: new (
    name: string,
    options: object,
  ) => {
    add(name: string, data: object, options: object): Promise<unknown>;
    addBulk(jobs: readonly { name: string; data: object; opts: object }[]): Promise<unknown>;
    getJobCounts(...states: string[]): Promise<Record<string, number>>;
    waitUntilReady(): Promise<unknown>;
    close(): Promise<void>;
  };
  Worker: new (
    name: string,
    perform: (job: { data: { i: number } }) => Promise<void>,
    options: object,
  ) => {
    waitUntilReady(): Promise<unknown>;
    close(): Promise<void>;
    on(event: "error", listener: (error: unknown) => void): void;
  };
}

/** What is used here of `ioredis`, which BullMQ talks through. */
interface IoRedis {
  Redis: new (
    options: object,
  ) => {
    info(section: string): Promise<string>;
    flushall(): Promise<unknown>;
    quit(): Promise<unknown>;
  };
}

const QUEUE = "noop";
/** Done jobs go, as with the others by default or on the next day. */
const JOB = { removeOnComplete: true, removeOnFail: 1000 };
/** Its advice for jobs that take no CPU is 100 to 300. */
const CONCURRENCY = 100;

/** Of the main process: a queue, and the connection that asks. */
const OWN_CONNECTIONS = 2;

const library = () => loadPeer<BullMq>("bullmq");

function bullMqOn(name: string, fsync: "everysec" | "always"): QueueSystem {
  return {
    name,
    missing: async () =>
      (await missingPeer("bullmq")) ??
      (await missingProgram("redis-server", "`apt-get install redis-server`")),
    prepare: async (session) => {
      const server = await startRedis(session, fsync);
      const { Queue } = await library();
      const queue = new Queue(QUEUE, { connection: { host: "127.0.0.1", port: server.port } });
      await queue.waitUntilReady();
      session.atEnd(() => queue.close());
      const { Redis } = await loadPeer<IoRedis>("ioredis");
      const redis = new Redis({ host: "127.0.0.1", port: server.port });
      session.atEnd(() => redis.quit());
      // Each look is itself a command, and INFO counts the ones before it.
      let looks = 0;
      const info = async (section: string, key: string) => {
        looks++;
        return Number(new RegExp(`^${key}:(\\d+)`, "m").exec(await redis.info(section))?.[1]);
      };
      return {
        address: String(server.port),
        unfinished: async () => {
          const counts = await queue.getJobCounts("wait", "active", "delayed", "prioritized", "paused");
          return Object.values(counts).reduce((sum, count) => sum + count, 0);
        },
        clear: async () => {
          await redis.flushall();
        },
        tidy: async () => {},
        holdSnapshot: null,
        statements: async () => (await info("stats", "total_commands_processed")) - looks,
        connections: async () => ({ redis: (await info("clients", "connected_clients")) - OWN_CONNECTIONS }),
        measureCpu: () => server.measureCpu(),
      };
    },
    open: async (port) => {
      const { Queue, Worker } = await library();
      const connection = { host: "127.0.0.1", port: Number(port) };
      const queue = new Queue(QUEUE, { connection });
      await queue.waitUntilReady();
      return {
        enqueue: (i) => queue.add(QUEUE, { i }, JOB),
        enqueueMany: (numbers) =>
          queue.addBulk(numbers.map((i) => ({ name: QUEUE, data: { i }, opts: JOB }))),
        work: async (perform) => {
          const worker = new Worker(QUEUE, ({ data }) => perform(data.i), {
            connection: { ...connection, maxRetriesPerRequest: null },
            concurrency: CONCURRENCY,
          });
          worker.on("error", (error) => console.error("bullmq:", error));
          await worker.waitUntilReady();
          return { stop: () => worker.close() };
        },
        stop: () => queue.close(),
      };
    },
  };
}

export const bullMq = bullMqOn("bullmq", "everysec");
/** As durable as the others are: a job is on the disk when `add` resolves. */
export const bullMqDurable = bullMqOn("bullmq, fsync always", "always");
