import { STATISTICS_SCHEMA, SYSTEM_SCHEMA } from "../../postgres/index.ts";
import { appCheck } from "../check.ts";
import { note, ok, type Symptom, warning } from "../finding.ts";

export const modules = appCheck({
  id: "modules",
  holds: "The database has the modules of the code",
  look({ model, installed, codeUnknown }) {
    const names = installed.filter((name) => name !== SYSTEM_SCHEMA);
    if (codeUnknown !== null) {
      const evidence = [
        `in the database: ${names.join(", ")}`,
        ...codeUnknown.unknown.split("\n"),
        "so views granted to other modules pass for declared, and migrations of modules were not compared",
      ];
      return codeUnknown.failed
        ? [
            warning(
              "The modules of the code cannot be loaded",
              evidence,
              "Mend what the message names, then call the doctor again.",
            ),
          ]
        : [ok(`App ${model.app} has ${names.length} modules`, evidence)];
    }
    const declared = model.modules.map(({ name }) => name);
    const missing = declared.filter((name) => !installed.includes(name));
    const left = installed.filter((name) => !declared.includes(name));
    const symptoms: Symptom[] = [];
    if (missing.length > 0) {
      symptoms.push(
        warning(
          "The database lacks modules of the code",
          missing.map((name) => `there is no schema ${name} of app ${model.app}`),
          "Start the app on this database: it makes them.",
        ),
      );
    }
    if (left.length > 0) {
      symptoms.push(
        note(
          "The database has modules that the code does not know",
          left.map((name) => `schema ${name}`),
          "When a module was carved out or given up and its data is safe elsewhere: drop schema <name> cascade; and its three roles.",
        ),
      );
    }
    return symptoms.length > 0
      ? symptoms
      : [ok(`App ${model.app} has the modules of the code`, [names.join(", ")])];
  },
});

/** PostgreSQL's own, and that of pg_stat_statements: as long as nothing of the app's is kept in them. */
const EXPECTED = new Set(["public", STATISTICS_SCHEMA]);

export const schemas = appCheck({
  id: "schemas",
  holds: "Every schema belongs to a module",
  async look({ rows, installed, model }) {
    const strangers = await rows<{ schema: string; owner: string; tables: number; open: boolean }>(
      `select n.nspname as schema, pg_get_userbyid(n.nspowner) as owner,
         (select count(*)::integer from pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'f')
           and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')) as tables,
         exists (select from aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a where a.grantee = 0) as open
       from pg_namespace n
       where n.nspname <> all ($1) and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
         and not exists (select from pg_depend d where d.classid = 'pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e')
       order by 1`,
      [[...installed, ...model.modules.map(({ name }) => name)]],
    );
    const known = strangers.filter(({ schema, tables, open }) => !EXPECTED.has(schema) || tables > 0 || open);
    const open = known.filter((each) => each.open);
    const closed = known.filter((each) => !each.open);
    const inWords = ({ schema, owner, tables }: (typeof known)[number]) =>
      `${schema}, of ${owner}: ${tables} ${tables === 1 ? "table or view" : "tables and views"}`;
    return [
      ...(open.length === 0
        ? []
        : [
            warning(
              "Every role of the server may use a schema that belongs to no module",
              open.map(inWords),
              open.map(({ schema }) => `revoke all on schema "${schema}" from public;`).join("\n"),
            ),
          ]),
      ...(closed.length === 0
        ? []
        : [
            note(
              "A schema belongs to no module",
              closed.map(inWords),
              "What the app needs belongs into a module's migrations; what it does not, into a database of its own.",
            ),
          ]),
    ];
  },
});
