import { Refusal } from "ashlar/http";
import { statement } from "ashlar/postgres";
import type { ActionRecord, AuditPage } from "../../api/audit.ts";
import type { ActOutcome } from "../endpoint.ts";
import type { Ground } from "../ground.ts";

export interface BegunAction {
  readonly actor: string;
  readonly action: string;
  readonly modules: readonly string[];
  readonly reason: string;
  readonly input: unknown;
}

export interface AuditFilter {
  readonly actor?: string;
  readonly action?: string;
  readonly module?: string;
  readonly before?: string;
}

const PAGE = 50;
/** What was not renewed for so long is not under way any more. */
const SILENCE_S = 60;
/** Eighteen digits: more than there will be, and less than overflows. */
const ID = /^[1-9][0-9]{0,17}$/;

/** What operators did, in `ashlar.operator_actions`. Nothing of it can be changed or taken away again. */
export class ActionLog {
  readonly #execute: Ground["execute"];

  constructor({ execute }: Pick<Ground, "execute">) {
    this.#execute = execute;
  }

  /** Resolves with its id once it is committed. */
  async begin({ actor, action, modules, reason, input }: BegunAction, deadline: number): Promise<string> {
    const { rows } = await this.#execute<{ id: string }>(
      statement`insert into ashlar.operator_actions (actor, action, modules, reason, input)
        values (${actor}, ${action}, ${[...modules]}, ${reason}, ${JSON.stringify(input ?? null)}::jsonb)
        returning id::text as id`,
      deadline,
    );
    return rows[0]!.id;
  }

  async renew(id: string, done: number): Promise<void> {
    await this.#execute(
      statement`update ashlar.operator_actions set done = ${done}, seen_at = now()
        where id = ${id}::bigint and finished_at is null`,
    );
  }

  async finish(id: string, done: number, end: ActOutcome | { readonly error: string }): Promise<void> {
    const { count, isAtLeast, summary, error } = { ...NO_OUTCOME, error: null, ...end };
    await this.#execute(
      statement`update ashlar.operator_actions set done = ${done}, seen_at = now(), finished_at = now(),
          count = ${count}, is_at_least = ${isAtLeast}, summary = ${summary}, error = ${error}
        where id = ${id}::bigint and finished_at is null`,
    );
  }

  async find(id: string, deadline: number): Promise<ActionRecord> {
    if (!ID.test(id)) throw new Refusal("ROUTE_NOT_FOUND");
    const { rows } = await this.#execute<Row>(
      statement`select ${COLUMNS} from ashlar.operator_actions where id = ${id}::bigint`,
      deadline,
    );
    const [row] = rows;
    if (row === undefined) throw new Refusal("ROUTE_NOT_FOUND");
    return recordOf(row);
  }

  /** Pages by id: a page costs the same however far back it is. */
  async page({ actor, action, module, before }: AuditFilter, deadline: number): Promise<AuditPage> {
    if (before !== undefined && !ID.test(before)) {
      throw new Refusal("REQUEST_INVALID", {
        errors: [{ path: "/query/before", message: "must be the next of another page" }],
      });
    }
    const { rows } = await this.#execute<Row>(
      statement`select ${COLUMNS} from ashlar.operator_actions
        where ${before === undefined ? statement`true` : statement`operator_actions.id < ${before}::bigint`}
          ${actor === undefined ? statement`` : statement`and actor = ${actor}`}
          ${action === undefined ? statement`` : statement`and action = ${action}`}
          ${module === undefined ? statement`` : statement`and ${module} = any (modules)`}
        order by operator_actions.id desc limit ${PAGE + 1}`,
      deadline,
    );
    const actions = rows.slice(0, PAGE).map(recordOf);
    return { actions, next: rows.length > PAGE ? actions.at(-1)!.id : null };
  }
}

const NO_OUTCOME = { count: null, isAtLeast: null, summary: null };

const COLUMNS = statement`id::text as id, (extract(epoch from at) * 1000)::float8 as at, actor, action, modules,
  reason, input, done::float8 as done, count::float8 as count, coalesce(is_at_least, false) as "isAtLeast", summary,
  error, (extract(epoch from finished_at) * 1000)::float8 as "finishedAt",
  case when error is not null then 'failed' when finished_at is not null then 'done'
    when seen_at < now() - make_interval(secs => ${SILENCE_S}) then 'cut-off' else 'under-way' end as state`;

type Row = ActionRecord;

function recordOf({ at, finishedAt, ...row }: Row): ActionRecord {
  return { ...row, at: Math.round(at), finishedAt: finishedAt === null ? null : Math.round(finishedAt) };
}
