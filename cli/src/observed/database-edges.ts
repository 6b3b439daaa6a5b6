import type { ObservedEdge } from "ashlar/module";
import { type DatabaseError, findInstalledApp, Pool, statement, workerRole } from "ashlar/postgres";

/** An app of a release that notes nothing yet has no such table. */
const UNDEFINED_TABLE = "42P01";

/** What a running app noted in its database. */
export async function databaseEdges(url: string): Promise<{ app: string; edges: ObservedEdge[] }> {
  const { app, connection } = await findInstalledApp(url);
  const pool = new Pool({ connection, max: 1, applicationName: "ashlar observed" });
  try {
    const rows = await readRows(pool, app);
    return {
      app,
      edges: rows.map((row) => ({
        kind: row.kind,
        from: row.from_id,
        to: row.to_id,
        count: Number(row.calls),
        firstAt: row.first_at.toISOString(),
        lastAt: row.last_at.toISOString(),
      })),
    };
  } finally {
    await pool.stop();
  }
}

async function readRows(pool: Pool, app: string): Promise<Row[]> {
  try {
    const { rows } = await pool.execute<Row>(
      workerRole(app),
      statement`select kind, from_id, to_id, calls, first_at, last_at from ashlar.observed_edges`,
    );
    return rows;
  } catch (error) {
    if ((error as DatabaseError).sqlState === UNDEFINED_TABLE) return [];
    throw error;
  }
}

interface Row {
  readonly kind: ObservedEdge["kind"];
  readonly from_id: string;
  readonly to_id: string;
  readonly calls: number;
  readonly first_at: Date;
  readonly last_at: Date;
}
