import { withoutConstants } from "../../postgres/sql-scanner.ts";
import type { Sign } from "../firing.ts";
import { CannotLook, type DatabaseCheck } from "../firing-check.ts";
import { shortForm } from "../session-holder.ts";

export interface SlowStatementLimits {
  /** What the mean is taken over. Default 120,000. */
  readonly windowMs?: number;
  /** So many times its mean before. Default 3. */
  readonly factor?: number;
  /** And at least so much longer than before. Default 20. */
  readonly moreMs?: number;
  /** From here on a statement that was never seen before is slow. Default 250. */
  readonly newMs?: number;
  /** How often it reads the statistics. Default 30,000. */
  readonly everyMs?: number;
}

const FEWEST_CALLS = 5;
const MOST_TEXT = 4_000;
/** Taking less of a connection's time than this, it is nobody's night. */
const LEAST_SHARE = 0.02;

interface Counted {
  readonly calls: number;
  readonly ms: number;
}

interface Snapshot {
  readonly at: number;
  readonly statements: ReadonlyMap<string, Counted>;
}

/** Compares what statements take now with what they took before, by deltas of pg_stat_statements kept in memory. */
export function slowStatement(limits: SlowStatementLimits = {}): DatabaseCheck {
  const { windowMs = 120_000, factor = 3, moreMs = 20, newMs = 250, everyMs = 30_000 } = limits;
  const snapshots: Snapshot[] = [];
  return {
    id: "slow-statement",
    holds: "No statement takes much longer than before",
    of: "database",
    patience: { bad: 1, of: 2 },
    everyMs,
    async look(session, { app, modules, now }) {
      const schema = await extensionSchema(session);
      const rows = await session.rows<{ key: string; calls: number; ms: number }>(
        // Without the texts, which the server would read from a file.
        `select coalesce(userid || '/' || queryid, 'hidden') as key, sum(calls)::float8 as calls, sum(total_exec_time)::float8 as ms
         from ${schema}.pg_stat_statements(false)
         where dbid = (select oid from pg_database where datname = current_database())
         group by 1`,
      );
      if (rows.some(({ key }) => key === "hidden")) {
        throw new CannotLook("the statements of the app are hidden: grant pg_read_all_stats to this user");
      }
      const current: Snapshot = {
        at: now(),
        statements: new Map(rows.map(({ key, calls, ms }) => [key, { calls, ms }])),
      };
      while (snapshots.length > 1 && snapshots[1]!.at <= current.at - windowMs) snapshots.shift();
      const earlier = [...snapshots];
      snapshots.push(current);
      if (earlier.length === 0) return [];
      const slow = slowOnes(earlier, current, { factor, moreMs, newMs });
      if (slow.length === 0) return [];
      const known = await session.rows<{ key: string; role: string; text: string }>(
        `select distinct on (1) userid || '/' || queryid as key, pg_get_userbyid(userid)::text as role, left(query, ${MOST_TEXT}) as text
         from ${schema}.pg_stat_statements
         where userid || '/' || queryid = any ($1::text[])`,
        [slow.map(({ key }) => key)],
      );
      return slow.flatMap((each) => {
        const found = known.find(({ key }) => key === each.key);
        const module = found === undefined ? undefined : moduleOf(found.role, app, modules);
        // The administrator's own are not the app's; the framework's own on the queues are.
        return module === undefined ? [] : [signOf(each, found!.text, module)];
      });
    },
  };
}

interface Slow {
  readonly key: string;
  readonly calls: number;
  readonly meanMs: number;
  /** Null for one that was never seen before. */
  readonly beforeMs: number | null;
  /** Connections that it keeps busy on average. */
  readonly busy: number;
}

function slowOnes(
  earlier: readonly Snapshot[],
  current: Snapshot,
  { factor, moreMs, newMs }: { factor: number; moreMs: number; newMs: number },
): Slow[] {
  const slow: Slow[] = [];
  for (const [key, now] of current.statements) {
    const before = earlier.find((snapshot) => isKnown(snapshot, key)) ?? earlier[0]!;
    const then = before.statements.get(key) ?? { calls: 0, ms: 0 };
    const calls = now.calls - then.calls;
    // Fewer than before: the statistics were reset in between.
    if (calls < FEWEST_CALLS || now.ms < then.ms) continue;
    const meanMs = (now.ms - then.ms) / calls;
    const busy = (now.ms - then.ms) / Math.max(1, current.at - before.at);
    const beforeMs = then.calls < FEWEST_CALLS ? null : then.ms / then.calls;
    const isSlow =
      beforeMs === null ? meanMs >= newMs : meanMs >= factor * beforeMs && meanMs - beforeMs >= moreMs;
    if (isSlow && busy >= LEAST_SHARE) slow.push({ key, calls, meanMs, beforeMs, busy });
  }
  return slow.sort((one, other) => other.busy - one.busy).slice(0, 5);
}

/** One that has begun within the window is compared with its own beginning. */
function isKnown({ statements }: Snapshot, key: string): boolean {
  return (statements.get(key)?.calls ?? 0) >= FEWEST_CALLS;
}

function signOf({ key, calls, meanMs, beforeMs, busy }: Slow, text: string, module: string | null): Sign {
  return {
    subject: key,
    severity: busy >= 1 ? "error" : "warning",
    title: `A ${beforeMs === null ? "new " : ""}statement of ${module ?? "the framework"} ${beforeMs === null ? "is slow" : "has become slow"}`,
    evidence: [
      `it takes ${meanMs.toFixed(0)} ms on average now${beforeMs === null ? "; it was not seen before" : `, ${beforeMs.toFixed(1)} ms before`}`,
      `${calls} calls of late keep ${busy.toFixed(2)} connections busy`,
      shortForm(text),
    ],
    module,
    actions: [
      { does: "If it began with a deploy, deploy the release before" },
      ...explainable(text).map((sql) => ({
        does: "See how the server would run it now, for any values and without running it",
        sql: `explain (generic_plan) ${sql};`,
      })),
    ],
  };
}

/** None for what was cut off, for what cannot be explained, and where a constant was left in that is nobody's business. */
function explainable(text: string): string[] {
  const bare = withoutConstants(text).replace(/\s+/g, " ");
  const isWhole = text.length < MOST_TEXT && !bare.includes("?");
  return isWhole && /^(select|insert|update|delete|with)\b/i.test(bare) ? [bare] : [];
}

/** Null for the framework's own roles; undefined for roles that are not the app's. */
function moduleOf(role: string, app: string, modules: readonly string[]): string | null | undefined {
  const module = modules.find((each) => role === `${app}_${each}_app` || role === `${app}_${each}_reader`);
  if (module !== undefined) return module;
  return role === app || role.startsWith(`${app}_`) ? null : undefined;
}

async function extensionSchema(session: {
  rows<Row extends object>(text: string): Promise<Row[]>;
}): Promise<string> {
  const [found] = await session.rows<{ schema: string }>(
    `select quote_ident(n.nspname) as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace
     where e.extname = 'pg_stat_statements'`,
  );
  if (found === undefined) {
    throw new CannotLook(
      "the extension pg_stat_statements is not there: create extension pg_stat_statements",
    );
  }
  return found.schema;
}
