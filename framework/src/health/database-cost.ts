import { type Pool, type Statement, statement, workerRole } from "../postgres/index.ts";
import { type DatabaseCostObstacle, obstacleOf, type StatisticsState } from "./database-cost-obstacle.ts";

export interface Period {
  readonly from: Date;
  /** The first moment that is no longer in it. */
  readonly until: Date;
}

/** What statements cost the database. `module` is "" for all that runs under no module's role. */
export interface ModuleCost {
  readonly module: string;
  readonly calls: number;
  /** Time in the database. */
  readonly ms: number;
  /** Of the time of all modules together, "" included: 0 to 1. */
  readonly share: number;
  readonly rows: number;
  readonly blocksHit: number;
  readonly blocksRead: number;
  readonly blocksDirtied: number;
  readonly walBytes: number;
  readonly tempBlocks: number;
}

export interface StatementCost {
  readonly module: string;
  /** As in pg_stat_statements. */
  readonly queryId: string;
  /** Without constants; null when the server had dropped it before it could be read. */
  readonly text: string | null;
  readonly calls: number;
  readonly ms: number;
  readonly rows: number;
  readonly meanMs: number;
  /** The slowest run that is known of, or the slowest mean of a minute. */
  readonly maxMs: number;
}

export interface StatementHour {
  readonly hour: Date;
  readonly module: string;
  readonly text: string | null;
  readonly calls: number;
  readonly ms: number;
  readonly rows: number;
  readonly maxMs: number;
}

export interface StatementRegression {
  readonly module: string;
  readonly queryId: string;
  readonly text: string | null;
  readonly calls: number;
  readonly meanMs: number;
  readonly meanMsBefore: number;
  /** How often the mean of before goes into that of now. */
  readonly factor: number;
  /** Of all time in the database within the hour: 0 to 1. */
  readonly share: number;
}

/** Reads what the sampler has noted. */
export class DatabaseCost {
  readonly #pool: Pick<Pool, "execute">;
  readonly #app: string;
  readonly #role: string;

  /** `role` reads under its own name, if it has the rights of the worker role. */
  constructor(pool: Pick<Pool, "execute">, app: string, role = workerRole(app)) {
    this.#pool = pool;
    this.#app = app;
    this.#role = role;
  }

  /** Why nothing new is noted; null while all is well. */
  async obstacle(): Promise<DatabaseCostObstacle | null> {
    const [found] = await this.#read<StatisticsState>(
      statement`select state from ashlar.statement_statistics_state()`,
    );
    return obstacleOf(this.#app, found!.state);
  }

  /** The dearest module first. */
  byModule({ from, until }: Period): Promise<ModuleCost[]> {
    return this.#read(statement`
      select module, sum(calls)::bigint as calls, sum(ms) as ms,
        coalesce(sum(ms) / nullif(sum(sum(ms)) over (), 0), 0) as share, sum(rows)::bigint as rows,
        sum(blocks_hit)::bigint as "blocksHit", sum(blocks_read)::bigint as "blocksRead",
        sum(blocks_dirtied)::bigint as "blocksDirtied", sum(wal_bytes)::bigint as "walBytes",
        sum(temp_blocks)::bigint as "tempBlocks"
      from ashlar.database_cost where minute >= ${from}::timestamptz and minute < ${until}::timestamptz
      group by module order by sum(ms) desc, module`);
  }

  /** Minute by minute, for a curve; of one module or of all. */
  async byMinute({
    from,
    until,
    module,
  }: Period & { readonly module?: string }): Promise<
    { readonly minute: Date; readonly module: string; readonly calls: number; readonly ms: number }[]
  > {
    return await this.#read(statement`
      select minute, module, calls, ms from ashlar.database_cost
      where minute >= ${from}::timestamptz and minute < ${until}::timestamptz ${ofModule(module)}
      order by minute, module`);
  }

  /** Step by step, for a curve over more than hours; a step begins where `from` plus so many of them does. */
  async byStep({
    from,
    until,
    stepMs,
    module,
  }: Period & { readonly stepMs: number; readonly module?: string }): Promise<
    { readonly at: Date; readonly module: string; readonly calls: number; readonly ms: number }[]
  > {
    return await this.#read(statement`
      select date_bin(make_interval(secs => ${stepMs / 1000}::float8), minute, ${from}::timestamptz) as at, module,
        sum(calls)::bigint as calls, sum(ms) as ms
      from ashlar.database_cost
      where minute >= ${from}::timestamptz and minute < ${until}::timestamptz ${ofModule(module)}
      group by 1, module order by 1, module`);
  }

  /** One statement, hour by hour; of every module that runs it. Hours in which it was not among the dearest are left out. */
  statementByHour({ from, until, queryId }: Period & { readonly queryId: string }): Promise<StatementHour[]> {
    return this.#read(statement`
      select c.hour, c.module, t.text, c.calls, c.ms, c.rows, c.max_ms as "maxMs"
      from ashlar.statement_cost c left join ashlar.statement_texts t on t.query_id = c.query_id
      where c.hour >= date_trunc('hour', ${from}::timestamptz, 'UTC') and c.hour < ${until}::timestamptz
        and c.query_id = ${queryId}::bigint
      order by c.hour, c.module`);
  }

  /**
   * The statements that took most time, of one module or of all. Whole hours: that of `from` and all that begin before
   * `until`. Of each module and hour the fifty dearest are known.
   */
  topStatements(
    period: Period & { readonly module?: string; readonly limit?: number },
  ): Promise<StatementCost[]> {
    const { from, until, module, limit = 20 } = period;
    // Texts are long, so they are looked up for those alone that are told of.
    return this.#read(statement`
      with dearest as (
        select module, query_id, sum(calls)::bigint as calls, sum(ms) as ms, sum(rows)::bigint as rows,
          max(max_ms) as max_ms
        from ashlar.statement_cost
        where hour >= date_trunc('hour', ${from}::timestamptz, 'UTC') and hour < ${until}::timestamptz ${ofModule(module)}
        group by module, query_id order by sum(ms) desc, module, query_id limit ${limit}::integer
      )
      select d.module, d.query_id::text as "queryId", t.text, d.calls, d.ms, d.rows, d.ms / d.calls as "meanMs",
        d.max_ms as "maxMs"
      from dearest d left join ashlar.statement_texts t on t.query_id = d.query_id
      order by d.ms desc, d.module, d.query_id`);
  }

  /**
   * The statements whose mean grew to `factor` times that of the hour before, and that take at least `share` of all
   * time in the database: a slow one that hardly ever runs is no news. The one with most to gain first.
   */
  regressions(options: {
    /** A moment within the hour to look at. */
    readonly at: Date;
    /** Default 2. */
    readonly factor?: number;
    /** Default 0.05. */
    readonly share?: number;
  }): Promise<StatementRegression[]> {
    const { at, factor = 2, share = 0.05 } = options;
    return this.#read(statement`
      with period as (
        select date_trunc('hour', ${at}::timestamptz, 'UTC') as hour
      ), total as (
        select sum(c.ms) as ms from ashlar.database_cost c, period p
        where c.minute >= p.hour and c.minute < p.hour + interval '1 hour'
      )
      select n.module, n.query_id::text as "queryId", x.text, n.calls, n.ms / n.calls as "meanMs",
        b.ms / b.calls as "meanMsBefore", (n.ms / n.calls) / (b.ms / b.calls) as factor, n.ms / t.ms as share
      from period p
      cross join total t
      join ashlar.statement_cost n on n.hour = p.hour
      join ashlar.statement_cost b on b.hour = p.hour - interval '1 hour' and b.module = n.module
        and b.query_id = n.query_id
      left join ashlar.statement_texts x on x.query_id = n.query_id
      where b.ms > 0 and t.ms > 0 and n.ms / n.calls >= ${factor}::float8 * (b.ms / b.calls)
        and n.ms >= ${share}::float8 * t.ms
      order by n.ms - n.calls * (b.ms / b.calls) desc, n.module, n.query_id`);
  }

  async #read<Row>(query: Statement): Promise<Row[]> {
    return (await this.#pool.execute<Row>(this.#role, query)).rows;
  }
}

/** Of no use as a parameter: the planner would take all modules for one, and sort on disk what it could add up. */
function ofModule(module: string | undefined): Statement {
  return module === undefined ? statement`` : statement`and module = ${module}`;
}
