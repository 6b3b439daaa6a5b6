import type { Tree } from "../../sql/parse.ts";
import {
  isTree,
  namesOf,
  numberOf,
  qualified,
  relationOf,
  textOf,
  treesOf,
  treesOfKind,
  unwrap,
} from "../../sql/tree.ts";

export interface NewColumn {
  readonly name: string;
  /** As PostgreSQL calls it, with its size: `varchar(20)`. */
  readonly type: string;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  /** Why every existing row would get a value of its own; null when one value does for all, which rewrites nothing. */
  readonly eachRow: string | null;
  readonly check: boolean;
  readonly unique: boolean;
  readonly references: string | null;
}

export function columnOf(definition: Tree): NewColumn {
  const constraints = treesOfKind(definition.constraints, "Constraint");
  const of = (type: string) => constraints.find(({ contype }) => contype === type);
  const type = typeText(definition.typeName);
  const fallback = of("CONSTR_DEFAULT")?.raw_expr;
  const references = relationOf(of("CONSTR_FOREIGN")?.pktable);
  const generated = of("CONSTR_GENERATED");
  const isSerial = /^(?:small|big)?serial[248]?$/.test(type);
  return {
    name: String(definition.colname ?? ""),
    type,
    notNull: isSerial || of("CONSTR_NOTNULL") !== undefined || of("CONSTR_PRIMARY") !== undefined,
    hasDefault:
      isSerial || !isNothing(fallback) || generated !== undefined || of("CONSTR_IDENTITY") !== undefined,
    eachRow: isSerial
      ? `is ${type}`
      : of("CONSTR_IDENTITY") !== undefined
        ? "is an identity"
        : generated !== undefined && generated.generated_kind !== "v"
          ? "is generated and stored"
          : volatileIn(fallback),
    check: of("CONSTR_CHECK") !== undefined,
    unique: of("CONSTR_UNIQUE") !== undefined || of("CONSTR_PRIMARY") !== undefined,
    references: references === null ? null : `${references.schema ?? ""}.${references.name}`,
  };
}

/** `DEFAULT NULL` is no default. */
function isNothing(expression: unknown): boolean {
  if (!isTree(expression)) return true;
  const cast = unwrap(expression, "TypeCast");
  return unwrap(cast === null ? expression : cast.arg, "A_Const")?.isnull === true;
}

export function typeText(typeName: unknown): string {
  if (!isTree(typeName)) return "";
  const name = qualified(namesOf(typeName.names));
  const sizes = treesOf(typeName.typmods).flatMap((size) => numberOf(size) ?? []);
  const schema = name?.schema == null || name.schema === "pg_catalog" ? "" : `${name.schema}.`;
  const array = Array.isArray(typeName.arrayBounds) ? "[]" : "";
  return `${schema}${name?.name ?? ""}${sizes.length === 0 ? "" : `(${sizes.join(",")})`}${array}`;
}

/** The call in an expression whose answer may differ from row to row. */
function volatileIn(expression: unknown): string | null {
  if (Array.isArray(expression)) return expression.map(volatileIn).find((found) => found !== null) ?? null;
  if (!isTree(expression)) return null;
  const call = unwrap(expression, "FuncCall");
  const name = call === null ? null : qualified(namesOf(call.funcname));
  // A module's own function is volatile unless somebody said otherwise.
  const isOwn = name?.schema != null && name.schema !== "pg_catalog";
  if (name !== null && (isOwn || VOLATILE.has(name.name))) {
    return `has the default ${textOf(name.schema) === null ? "" : `${name.schema}.`}${name.name}()`;
  }
  return volatileIn(Object.values(expression));
}

/** Of pg_catalog (pg_proc.provolatile = 'v'), what one may meet in a default. now() is stable and not among them. */
const VOLATILE = new Set([
  "clock_timestamp",
  "currval",
  "gen_random_bytes",
  "gen_random_uuid",
  "lastval",
  "nextval",
  "random",
  "random_normal",
  "setval",
  "timeofday",
  "uuid_generate_v1",
  "uuid_generate_v1mc",
  "uuid_generate_v4",
  "uuidv4",
  "uuidv7",
]);
