import type { Place } from "../file-facts.ts";
import type { SqlFile, SqlModule } from "../sql-part.ts";
import type { Violation } from "../violation.ts";
import { isSystemSchema, reachesOut, SYSTEM_SCHEMA } from "./schemas.ts";
import type { PlacedTouch, PublishedView, SourceSql, WrittenStatement } from "./sql-facts.ts";

/** What the SQL in the modules' own sources does that a module may not do. */
export function sqlViolations(modules: readonly SqlModule[]): Violation[] {
  const views = new Map(modules.map((each) => [each.module, viewsOf(each)]));
  return modules.flatMap((module) => {
    const wall: Wall = { module: module.module, views, readable: readableBy(module, views) };
    return module.sources.flatMap((file) => fileViolations(wall, file));
  });
}

interface Wall {
  readonly module: string;
  /** Of every module of the project. */
  readonly views: ReadonlyMap<string, readonly PublishedView[]>;
  /** Other modules' views that stand in `reads`: `catalog.product_listing`. */
  readonly readable: ReadonlySet<string>;
}

function viewsOf({ sources }: SqlModule): PublishedView[] {
  return sources.flatMap(({ facts }) => (facts as SourceSql).publishes);
}

/** Where `reads` is not static, every published view of the modules in it counts as read: nothing is invented. */
function readableBy(module: SqlModule, views: Wall["views"]): Set<string> {
  const members = module.sources.map(({ facts }) => (facts as SourceSql).reads);
  const isStatic = !members.includes(null);
  const named = new Set(members.flatMap((each) => each ?? []));
  const from = module.reads ?? [...views.keys()];
  return new Set(
    from.flatMap((owner) =>
      (views.get(owner) ?? [])
        .filter(({ member }) => !isStatic || named.has(member))
        .map(({ view }) => `${owner}.${view}`),
    ),
  );
}

function fileViolations(wall: Wall, { path, facts }: SqlFile): Violation[] {
  const found = new Map<string, Violation>();
  const add = (violation: Finding) => {
    const whole: Violation = { severity: "error", module: wall.module, file: path, ...violation };
    // A template that is part of two others is looked at twice.
    found.set(JSON.stringify([whole.rule, whole.line, whole.column, whole.message]), whole);
  };
  for (const statement of (facts as SourceSql).statements) {
    for (const violation of statementViolations(wall, statement)) add(violation);
  }
  return [...found.values()];
}

type Finding = Omit<Violation, "severity" | "module" | "file"> & Partial<Pick<Violation, "severity">>;

function statementViolations(wall: Wall, statement: WrittenStatement): Finding[] {
  const { module } = wall;
  const at = ({ line, column }: Place) => ({ line, column });
  const { settings } = statement;
  return [
    ...(statement.fault === null
      ? []
      : [
          {
            rule: "sql-syntax",
            ...at(statement.fault),
            message: `PostgreSQL would refuse this statement: ${statement.fault.what}.`,
            remedy:
              "Correct it; interpolated values arrive as $1, $2 and cannot stand for names or keywords.",
          },
        ]),
    ...statement.refused
      .filter(() => settings.length === 0)
      .map((refused) => ({
        rule: "sql-not-dml",
        ...at(refused),
        message: `${module} sends ${refused.what}; a module may only send select, insert, update, delete, merge, with and values, one at a time.`,
        remedy: remedyForRefused(refused.what),
      })),
    ...settings.map((setting) => ({
      rule: "sql-role",
      ...at(setting),
      message: `${module} changes its session by ${setting.what}.`,
      remedy:
        "Leave it out: the framework sets role and transaction of every statement, and sessions are shared.",
    })),
    ...statement.touches.flatMap((touch) => {
      const finding = touchViolation(wall, statement, touch);
      return finding === null ? [] : [{ ...at(touch), ...finding }];
    }),
    ...statement.dynamic.map((dynamic) => ({
      rule: "dynamic-sql",
      severity: "note" as const,
      ...at(dynamic),
      message: `What ${module} sends here is known only when it runs: ${dynamic.what}.`,
      remedy: "Write tables and columns into the statement, and values as interpolations.",
    })),
  ];
}

function remedyForRefused(what: string): string {
  if (what === "several statements at once")
    return "Send them one after the other; a command is one transaction.";
  if (/^(?:BEGIN|START|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE)\b/.test(what)) {
    return "A command already is a transaction; undo a part of it with `savepoint`.";
  }
  if (/^(?:LISTEN|UNLISTEN|NOTIFY)\b/.test(what)) return "Publish an event, or enqueue a job.";
  if (/^(?:TABLE|EXPLAIN)\b/.test(what)) return "Write it as a select.";
  return "Tables, functions and rights change in migrations.";
}

function touchViolation(
  wall: Wall,
  statement: WrittenStatement,
  touch: PlacedTouch,
): Pick<Finding, "rule" | "message" | "remedy"> | null {
  const { schema, name, kind } = touch;
  const { module } = wall;
  if (kind === "function" && (schema === null || schema === "pg_catalog")) return reachingOut(module, name);
  if (kind === "relation" && name === "pg_settings" && touch.access === "write") {
    return {
      rule: "sql-role",
      message: `${module} changes its session through pg_settings.`,
      remedy: "Leave it out: sessions are shared.",
    };
  }
  if (schema === null) {
    if (statement.by === "builder") return name.startsWith("_") ? frameworkTable(module, touch) : null;
    if (kind !== "relation" || /^pg_/.test(name)) return null;
    return {
      rule: "sql-unqualified",
      message: `${module} names ${name} without its schema; which table that is depends on the session.`,
      remedy: `Write ${module}.${name}.`,
    };
  }
  if (schema === SYSTEM_SCHEMA) return frameworkTable(module, touch);
  if (schema === module)
    return kind === "relation" && name.startsWith("_") ? frameworkTable(module, touch) : null;
  if (isSystemSchema(schema)) return null;
  const owned = wall.views.get(schema);
  if (owned === undefined) {
    // Extensions keep their functions and types in schemas that are nobody's.
    if (kind !== "relation" && kind !== "schema") return null;
    return {
      rule: "sql-foreign-schema",
      message: `${module} ${doing(touch)} ${nameOf(touch)}, and there is no module ${schema}.`,
      remedy: `A module reaches its own schema only: write ${module}.${kind === "schema" ? "…" : name}.`,
    };
  }
  if (kind === "relation" && touch.access === "read" && wall.readable.has(`${schema}.${name}`)) return null;
  return {
    rule: "sql-foreign-schema",
    message: `${module} ${doing(touch)} ${nameOf(touch)}, which belongs to module ${schema}.`,
    remedy: remedyForForeign(touch, owned),
  };
}

function remedyForForeign({ schema, name, access }: PlacedTouch, views: readonly PublishedView[]): string {
  const published = views.find(({ view }) => view === name);
  if (access !== "read") return `Only ${schema} changes its tables: call a command of its contract.`;
  if (published !== undefined) {
    return `${schema} publishes it: put ${schema}.${published.member} into \`reads\` of the module's definition.`;
  }
  const readable =
    views.length === 0
      ? `let ${schema} publish a view and put it into \`reads\``
      : `read what it publishes (${views.map(({ view }) => `${schema}.${view}`).join(", ")}), put into \`reads\``;
  return `Call an operation of ${schema}'s contract, or ${readable}.`;
}

function frameworkTable(module: string, touch: PlacedTouch): Pick<Finding, "rule" | "message" | "remedy"> {
  return {
    rule: "sql-framework-table",
    message: `${module} ${doing(touch)} ${nameOf(touch)}, which is the framework's and changes without notice.`,
    remedy: "Use enqueue, findJob, cancelJob and publish of the use case's context.",
  };
}

function reachingOut(module: string, name: string): Pick<Finding, "rule" | "message" | "remedy"> | null {
  if (!reachesOut(name)) return null;
  return {
    rule: "sql-reaches-out",
    message: `${module} calls ${name}, which reaches past the statement's own tables; the framework refuses it.`,
    remedy: "Write the query itself, or do it in the code.",
  };
}

function doing({ access, kind }: PlacedTouch): string {
  if (access === "write") return "writes to";
  if (access === "define") return "changes";
  return kind === "function" ? "calls" : kind === "relation" ? "reads" : "uses";
}

function nameOf({ kind, schema, name }: PlacedTouch): string {
  if (schema === null) return name;
  return kind === "schema" ? `schema ${schema}` : `${schema}.${name}`;
}
