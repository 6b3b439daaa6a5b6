import pg from "pg";

/** What a replica is to its server: somebody who reads its WAL and says how far he has replayed it. */
export interface StandingReplica {
  /** Says that all of the WAL up to here was replayed. */
  replayed(lsn: string): void;
  leave(): Promise<void>;
}

/** Connects as a replica does, by the streaming replication protocol, and says that it has replayed nothing since. */
export async function standingReplica(url: string, name: string): Promise<StandingReplica> {
  const options = { connectionString: url, application_name: name, replication: "true" };
  const client = new pg.Client(options as pg.ClientConfig);
  client.on("error", () => {});
  await client.connect();
  const { rows } = await client.query("IDENTIFY_SYSTEM");
  const lsn = rows[0].xlogpos as string;
  const { connection } = client as unknown as { connection: Wire };
  const started = new Promise((resolve) => connection.once("replicationStart", resolve));
  // Has no answer until the replica leaves.
  client.query(`START_REPLICATION PHYSICAL ${lsn}`).catch(() => {});
  await started;
  const replayed = (at: string) => connection.sendCopyFromChunk(statusAt(at));
  replayed(lsn);
  return {
    replayed,
    leave: () => client.end(),
  };
}

interface Wire {
  once(event: string, listener: (message: unknown) => void): void;
  sendCopyFromChunk(chunk: Buffer): void;
}

/** A standby status update: written, flushed and replayed up to there; the clock and whether it wants an answer. */
function statusAt(lsn: string): Buffer {
  const [high, low] = lsn.split("/").map((part) => BigInt(`0x${part}`)) as [bigint, bigint];
  const message = Buffer.alloc(34);
  message.write("r");
  for (const offset of [1, 9, 17]) message.writeBigInt64BE((high << 32n) | low, offset);
  return message;
}
