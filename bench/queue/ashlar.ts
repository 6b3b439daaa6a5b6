import { createApp } from "ashlar/module";
import { type ConnectionAddress, Pool, prepareDatabase } from "ashlar/postgres";
import { benchModules } from "./ashlar-modules.ts";
import { createPostgresStorage } from "./postgres-storage.ts";
import type { JobQueue, Perform, QueueSystem } from "./system.ts";

/** An app of four modules, one of which is flooded with jobs; used through the app, as a host does it. */
export const ashlar = ashlarIn("ashlar");

export function ashlarIn(database: string): QueueSystem {
  return {
    name: "ashlar",
    missing: async () => null,
    prepare: (session, cluster) =>
      createPostgresStorage(
        session,
        cluster,
        {
          database,
          unfinished: "select count(*) as unfinished from mailing._jobs",
          clear: "truncate mailing._jobs, mailing._finished_jobs",
        },
        async (url) => {
          const app = createApp({ name: "bench", modules: benchModules(async () => {}).modules });
          const { connection } = await prepareDatabase({ adminUrl: url, model: app.databaseModel });
          return JSON.stringify(connection);
        },
      ),
    open,
  };
}

async function open(address: string): Promise<JobQueue> {
  let perform: Perform = async () => {};
  const { modules, noop } = benchModules((i) => perform(i));
  const app = createApp({ name: "bench", modules });
  await app.start({ pool: new Pool({ connection: JSON.parse(address) as ConnectionAddress }) });
  return {
    enqueue: (i) => app.enqueue(noop, { i }),
    enqueueMany: (numbers) => app.enqueueAll(numbers.map((i) => noop.of({ i }))),
    work: (given) => {
      perform = given;
      return app.work();
    },
    stop: () => app.stop(),
  };
}
