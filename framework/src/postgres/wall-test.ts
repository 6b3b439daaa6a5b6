import type { DatabaseModel } from "./database-model.ts";
import type { Pool } from "./pool.ts";

export interface WallResult {
  readonly wall: string;
  readonly holds: boolean;
  readonly evidence: string;
}

export interface WallReport {
  readonly walls: readonly WallResult[];
}

export async function testWalls(_pool: Pool, _model: DatabaseModel): Promise<WallReport> {
  return { walls: [] };
}
