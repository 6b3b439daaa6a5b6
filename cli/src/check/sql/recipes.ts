import type { Change } from "./change.ts";
import type { NewColumn } from "./new-column.ts";

/** Why a statement is not safe in a rolling deploy, and what is. */
export interface Hazard {
  readonly rule: DeployRule;
  readonly severity?: "note";
  readonly message: string;
  readonly remedy: string;
  /** What the code may no longer use, so that nothing can be accepted while it does. */
  readonly gone?: { readonly relation: string; readonly column: string | null };
}

/** Those that a file may accept, by `-- ashlar: accept <rule>: <reason>`. */
export const deployRules = [
  "migration-drop",
  "migration-rename",
  "migration-not-null",
  "migration-constraint",
  "migration-index",
  "migration-rewrite",
  "migration-lock",
  "migration-backfill",
  "migration-enum",
] as const;

export type DeployRule = (typeof deployRules)[number];

type Of<Kind extends Change["do"]> = Extract<Change, { do: Kind }>;

const OWN_FILE = "in a file of its own whose first line is `-- ashlar: no transaction`";

/** Short forms of docs/guides/migrations.md, whose SQL the tests run. */
export const recipes = {
  drop({ what, relation, column }: Of<"drop">): Hazard {
    const name = column === null ? relation : `${relation}.${column}`;
    const verb = what === "rows" ? "empties" : "drops";
    return {
      rule: "migration-drop",
      message: `${verb} ${what === "rows" ? "table" : what} ${name}, which instances of the release before still use.`,
      remedy:
        "Release code that no longer uses it; then, in a later release, put the line " +
        "`-- ashlar: accept migration-drop: <since when nothing uses it>` above this statement.",
      ...(what === "rows" ? {} : { gone: { relation, column } }),
    };
  },

  rename({ what, relation, column, to }: Of<"rename">): Hazard {
    const name = column === null ? relation : `${relation}.${column}`;
    const remedy =
      what === "table"
        ? `Keep the old name for them: \`create view ${relation} as select * from ${schemaOf(relation)}.${to}\` in this file, and drop the view in a later release.`
        : what === "view"
          ? "Create a second view with the new name, and drop the old one in a later release."
          : what === "column"
            ? `Add column ${to}, write both, fill the old rows, read the new one, and drop ${column} in a later release.`
            : "Add the new value, let the code read both, change the rows, and leave the old one unused.";
    return {
      rule: "migration-rename",
      message: `renames ${what} ${name} to ${to}, and instances of the release before know only the old name.`,
      remedy,
      ...(what === "value" ? {} : { gone: { relation, column } }),
    };
  },

  index({ table, index }: Of<"create-index">, isPartitioned: boolean): Hazard {
    return {
      rule: "migration-index",
      message: `builds ${index === "" ? "an index" : `index ${index}`} under a lock that stops all writes to ${table}.`,
      remedy: isPartitioned
        ? `Make it \`on only ${table}\`, build one on each partition with \`create index concurrently …\` ${OWN_FILE}, and attach these.`
        : `Write it as \`create index concurrently …\`, ${OWN_FILE}.`,
    };
  },

  dropIndex(index: string, table: string | null): Hazard {
    return {
      rule: "migration-index",
      message: `drops index ${index} under a lock that stops everything on ${table ?? "its table"}.`,
      remedy: `Write it as \`drop index concurrently …\`, ${OWN_FILE}.`,
    };
  },

  reindex(name: string): Hazard {
    return {
      rule: "migration-index",
      message: `builds indexes${name === "" ? "" : ` of ${name}`} anew under a lock that stops all writes.`,
      remedy: `Write it as \`reindex table concurrently …\`, ${OWN_FILE}.`,
    };
  },

  notNullColumn(table: string, column: string): Hazard {
    return {
      rule: "migration-not-null",
      message: `adds column ${column} to ${table} as NOT NULL without a default: it fails where there are rows, and so does every insert of the release before.`,
      remedy:
        "Give it a constant default, or add it without NOT NULL, fill it, and then set NOT NULL by way of a validated CHECK.",
    };
  },

  setNotNull({ table, column }: Of<"set-not-null">): Hazard {
    return {
      rule: "migration-not-null",
      message: `reads all of ${table} under a lock that stops everything on it, to see that ${column} is never null.`,
      remedy:
        `First \`alter table ${table} add constraint ${column}_set check (${column} is not null) not valid\`; ` +
        `in the next file \`validate constraint ${column}_set\`, after which \`set not null\` reads nothing.`,
    };
  },

  constraint({ table, type, name }: Of<"add-constraint">): Hazard {
    return {
      rule: "migration-constraint",
      message: `checks all rows of ${table} against ${type === "foreign key" ? "a foreign key under a lock that stops all writes to both tables" : "a constraint under a lock that stops everything on it"}.`,
      remedy: `Add it \`not valid\`, and in the next file \`alter table ${table} validate constraint ${name ?? "…"}\`.`,
    };
  },

  checkedColumn(table: string, column: string): Hazard {
    return {
      rule: "migration-constraint",
      message: `reads all of ${table} under a lock that stops everything on it, to check new column ${column}.`,
      remedy:
        "Add the column without CHECK, the constraint as `add constraint … not valid`, and validate it in the next file.",
    };
  },

  referencingColumn(table: string, column: string): Hazard {
    return {
      rule: "migration-constraint",
      message: `checks all rows of ${table} against a foreign key, because new column ${column} has a default.`,
      remedy:
        "Add the column without REFERENCES, the constraint as `add constraint … not valid`, and validate it in the next file.",
    };
  },

  unique({ table, type }: Of<"add-constraint">): Hazard {
    return {
      rule: "migration-index",
      message: `builds the index of a ${type} constraint under a lock that stops everything on ${table}.`,
      remedy:
        `Build it first with \`create unique index concurrently …\`, ${OWN_FILE}; ` +
        `then \`alter table ${table} add constraint … ${type} using index …\`` +
        (type === "primary key" ? ", whose columns must be NOT NULL before." : "."),
    };
  },

  uniqueColumn(table: string, column: string): Hazard {
    return {
      rule: "migration-index",
      message: `builds the index of new column ${column} under a lock that stops everything on ${table}.`,
      remedy: `Add the column alone; then \`create unique index concurrently …\`, ${OWN_FILE}.`,
    };
  },

  exclude({ table }: Of<"add-constraint">): Hazard {
    return {
      rule: "migration-index",
      message: `builds the index of an EXCLUDE constraint under a lock that stops everything on ${table}.`,
      remedy:
        "PostgreSQL has no other way. Make a new table with it and move the rows, or, where the table is small, " +
        "put `-- ashlar: accept migration-index: <how small it is>` above this statement.",
    };
  },

  validatedAtOnce({ table, name }: Of<"validate">): Hazard {
    return {
      rule: "migration-constraint",
      message: `validates ${name} of ${table} in the file that adds it, whose lock is held meanwhile.`,
      remedy: "Put this statement into the next file: each file is a transaction of its own.",
    };
  },

  validatedUnderLock({ table, name }: Of<"validate">): Hazard {
    return {
      rule: "migration-constraint",
      message: `validates ${name} of ${table} while an earlier statement of this file keeps the table locked.`,
      remedy: "Put it first, or into a file of its own.",
    };
  },

  changeType({ table, column, type }: Of<"change-type">, before: string | null): Hazard {
    const from = before === null ? "" : ` from ${before}`;
    return {
      rule: "migration-rewrite",
      message: `changes ${table}.${column}${from} to ${type}, which rewrites the table under a lock that stops everything on it.`,
      remedy: `Add a column of type ${type}, write both, fill the old rows in batches, read the new one, and drop the old one in a later release.`,
    };
  },

  eachRow(table: string, { name, eachRow, hasDefault }: NewColumn): Hazard {
    const remedy =
      hasDefault && eachRow?.startsWith("has")
        ? `Add the column without the default, then \`alter table ${table} alter column ${name} set default …\`, and fill the old rows in batches.`
        : "Add a plain column, and fill the old rows in batches.";
    return {
      rule: "migration-rewrite",
      message: `rewrites ${table} under a lock that stops everything on it, because new column ${name} ${eachRow}.`,
      remedy,
    };
  },

  rewrite({ table, by }: Of<"rewrite">): Hazard {
    return {
      rule: "migration-rewrite",
      message: `rewrites ${table} by ${by} under a lock that stops everything on it.`,
      remedy: "Make a new table as it should be, move the rows in batches, and rename in a later release.",
    };
  },

  lock({ table, by }: Of<"lock">): Hazard {
    const remedies: Readonly<Record<string, string>> = {
      "LOCK TABLE": "Leave it out: every statement takes the lock that it needs.",
      "REFRESH MATERIALIZED VIEW":
        "Write `refresh materialized view concurrently …` (it needs a unique index), or do it in a job.",
    };
    return {
      rule: "migration-lock",
      message: `locks others out of ${table}.`,
      remedy:
        remedies[by] ?? "Leave it out: autovacuum makes the room usable again, and nobody waits for it.",
    };
  },

  timeout(value: string): Hazard {
    return {
      rule: "migration-lock",
      message: `sets lock_timeout to ${value}: while it waits for a lock, everybody else waits behind it.`,
      remedy: "Leave it out: the framework waits 2 s for a lock, lets the others pass, and tries again.",
    };
  },

  backfill({ table }: Of<"data">, locked: string): Hazard {
    return {
      rule: "migration-backfill",
      message: `changes rows of ${table} in a file that keeps ${locked} locked until all of them are done.`,
      remedy:
        "Put the rows into a file of their own; of a large table, into a job that changes some thousand at a time.",
    };
  },

  wholeTable({ table }: Of<"data">): Hazard {
    return {
      rule: "migration-backfill",
      severity: "note",
      message: `changes every row of ${table} in one transaction: whoever wants to change one of them waits.`,
      remedy: "Of a large table, do it in a job that changes some thousand rows at a time.",
    };
  },

  enumValue(value: string, type: string): Hazard {
    return {
      rule: "migration-enum",
      message: `uses '${value}' in the file that adds it to ${type}, which PostgreSQL refuses: a new value exists once its transaction has ended.`,
      remedy: "Use it in the next file.",
    };
  },
};

function schemaOf(relation: string): string {
  return relation.split(".")[0] as string;
}
