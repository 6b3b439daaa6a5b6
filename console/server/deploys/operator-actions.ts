import { statement } from "ashlar/postgres";
import type { Ground } from "../ground.ts";

/** What an operator did, as far as it is told on a time axis. */
export interface OperatorAction {
  readonly id: string;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly modules: readonly string[];
  readonly summary: string | null;
  readonly error: string | null;
}

/** The latest first. */
export async function readOperatorActions(
  ground: Pick<Ground, "execute">,
  { since, limit }: { readonly since: number; readonly limit: number },
  deadline?: number,
): Promise<OperatorAction[]> {
  const { rows } = await ground.execute<OperatorAction>(
    statement`select id::text as id, round(extract(epoch from at) * 1000)::float8 as at, actor, action, modules, summary, error
      from ashlar.operator_actions o where o.at >= to_timestamp(${since / 1000}::float8) order by o.at desc limit ${limit}::integer`,
    deadline,
  );
  return rows;
}
