import { DatabaseCost, type ModuleCost, type StatementCost, type StatementHour } from "ashlar/health";
import { consoleRole } from "ashlar/postgres";
import type {
  DatabaseRange,
  DatabaseStatements,
  ModuleShare,
  StatementDetail,
  StatementView,
} from "../../api/database.ts";
import type { Series } from "../../api/series.ts";
import type { Ground } from "../ground.ts";
import type { Kept } from "../modules/kept.ts";
import { asking } from "./asking.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How far a range goes back and how fine its curve is. */
const RANGES: Readonly<Record<DatabaseRange, { readonly ms: number; readonly stepMs: number }>> = {
  "1h": { ms: HOUR_MS, stepMs: MINUTE_MS },
  "6h": { ms: 6 * HOUR_MS, stepMs: 5 * MINUTE_MS },
  "24h": { ms: 24 * HOUR_MS, stepMs: 15 * MINUTE_MS },
  "7d": { ms: 7 * 24 * HOUR_MS, stepMs: 2 * HOUR_MS },
};
const TOP = 30;
/** What it took a day ago is worth seeing beside what it takes now. */
const DETAIL_MS = 48 * HOUR_MS;

export interface StatementsQuery {
  readonly range: DatabaseRange;
  readonly module: string | null;
  readonly statement: string | null;
}

/** GET /database/statements. */
export async function readStatements(
  ground: Ground,
  kept: Kept,
  deadline: number,
  { range, module, statement }: StatementsQuery,
): Promise<DatabaseStatements> {
  const cost = new DatabaseCost(ground.pool, ground.app.name, consoleRole(ground.app.name));
  const until = ground.now();
  const all = await kept.get(`${range} ${module ?? ""}`, () => readCosts(ground, cost, range, module));
  return {
    ...all,
    obstacle: await readObstacle(cost),
    statement: statement === null ? null : await readStatement(ground, cost, deadline, statement, until),
  };
}

/** What only every minute changes. */
async function readCosts(
  ground: Ground,
  cost: DatabaseCost,
  range: DatabaseRange,
  module: string | null,
): Promise<Omit<DatabaseStatements, "obstacle" | "statement">> {
  const { ms, stepMs } = RANGES[range];
  const until = ground.now();
  // Whole steps, so that a curve does not jump at each look.
  const from = Math.floor((until - ms) / stepMs) * stepMs + stepMs;
  const period = { from: new Date(from), until: new Date(until) };
  const ofModule = module === null ? {} : { module };
  const modules = await cost.byModule(period);
  const top = await cost.topStatements({ ...period, ...ofModule, limit: TOP });
  const steps = await cost.byStep({ ...period, ...ofModule, stepMs });
  const regressions = await cost.regressions({ at: period.until, share: 0.02 });
  return {
    range,
    from,
    until,
    module,
    modules: modules.map(moduleShare),
    time: timeSeries(steps, from, until, stepMs),
    top: top.map((each) => statementView(each, modules)),
    regressions: regressions
      .filter((each) => module === null || each.module === module)
      .map(({ queryId, module, ...rest }) => ({ ...rest, id: queryId, module: nameOf(module) })),
  };
}

async function readObstacle(cost: DatabaseCost): Promise<DatabaseStatements["obstacle"]> {
  const obstacle = await cost.obstacle();
  return obstacle === null ? null : { reason: obstacle.reason, remedy: obstacle.remedy };
}

function moduleShare(each: ModuleCost): ModuleShare {
  const { module, calls, ms, share, rows, blocksRead, walBytes } = each;
  return { module: nameOf(module), calls, ms, share, rows, blocksRead, walBytes };
}

function statementView(each: StatementCost, modules: readonly ModuleCost[]): StatementView {
  const { queryId, module, ...rest } = each;
  const total = modules.reduce((sum, { ms }) => sum + ms, 0);
  // Statements are known by whole hours, modules by minutes.
  return {
    ...rest,
    id: queryId,
    module: nameOf(module),
    share: total === 0 ? 0 : Math.min(1, each.ms / total),
  };
}

function timeSeries(
  steps: readonly { readonly at: Date; readonly module: string; readonly ms: number }[],
  from: number,
  until: number,
  stepMs: number,
): Series {
  const times: number[] = [];
  for (let at = from; at < until; at += stepMs) times.push(at);
  const values: Record<string, number[]> = {};
  for (const { at, module, ms } of steps) {
    const index = (at.getTime() - from) / stepMs;
    values[module] ??= times.map(() => 0);
    // The step that is under way has not had all of its time.
    const passedMs = Math.max(MINUTE_MS, Math.min(stepMs, until - at.getTime()));
    values[module][index] = ms / (passedMs / 1000);
  }
  return { times, stepMs, values };
}

async function readStatement(
  ground: Ground,
  cost: DatabaseCost,
  deadline: number,
  id: string,
  until: number,
): Promise<StatementDetail | null> {
  const from = Math.floor((until - DETAIL_MS) / HOUR_MS) * HOUR_MS + HOUR_MS;
  const hours = await cost.statementByHour({ from: new Date(from), until: new Date(until), queryId: id });
  if (hours.length === 0) return await readNewStatement(ground, deadline, id, until);
  const total = sumOf(hours);
  return {
    id,
    module: nameOf(hours.at(-1)!.module),
    text: hours.at(-1)!.text,
    ...total,
    hours: hourSeries(hours, from, until),
    isNew: false,
  };
}

function hourSeries(hours: readonly StatementHour[], from: number, until: number): Series {
  const times: number[] = [];
  for (let at = from; at < until; at += HOUR_MS) times.push(at);
  const own = times.map((at) => hours.filter(({ hour }) => hour.getTime() === at));
  return {
    times,
    stepMs: HOUR_MS,
    values: {
      mean: own.map((each) => (each.length === 0 ? null : sumOf(each).meanMs)),
      calls: own.map((each) => (each.length === 0 ? null : sumOf(each).calls)),
    },
  };
}

function sumOf(hours: readonly StatementHour[]) {
  const sum = (of: (each: StatementHour) => number) => hours.reduce((total, each) => total + of(each), 0);
  const [calls, ms] = [sum((each) => each.calls), sum((each) => each.ms)];
  return {
    calls,
    ms,
    rows: sum((each) => each.rows),
    meanMs: calls === 0 ? 0 : ms / calls,
    maxMs: Math.max(...hours.map(({ maxMs }) => maxMs)),
  };
}

/** What fires within the first minute is in PostgreSQL's own count only. */
async function readNewStatement(
  ground: Ground,
  deadline: number,
  id: string,
  until: number,
): Promise<StatementDetail | null> {
  const found = await asking(ground, deadline).rows<{
    module: string;
    text: string | null;
    calls: number;
    ms: number;
    rows: number;
    maxMs: number;
  }>(
    `select s.module, t.text, s.calls, s.ms, s.rows, s.max_ms as "maxMs"
     from ashlar.statement_statistics_state() state
     cross join lateral (select * from ashlar.statement_statistics() where state.state = 'ready') s
     left join ashlar.texts_of_statements(array[$1::bigint]) t on t.query_id = s.query_id
     where s.query_id = $1::bigint order by s.ms desc limit 1`,
    [id],
  );
  const [statement] = found;
  if (statement === undefined) return null;
  return {
    id,
    ...statement,
    module: nameOf(statement.module),
    meanMs: statement.ms / statement.calls,
    hours: { times: [until], stepMs: HOUR_MS, values: {} },
    isNew: true,
  };
}

function nameOf(module: string): string | null {
  return module === "" ? null : module;
}
