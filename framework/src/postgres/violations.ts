import type { AdminClient } from "./admin-connection.ts";
import type { DatabaseModel } from "./database-model.ts";
import { DatabaseError } from "./errors.ts";
import { consoleRole, rolesOf, workerRole } from "./roles.ts";

export type ViolationKind = "dependency" | "privilege" | "owner" | "function";

/** Something in the database that opens or goes round a wall. */
export interface Violation {
  readonly kind: ViolationKind;
  /** The module whose migrations must put it right. */
  readonly module: string;
  readonly object: string;
  readonly fault: string;
}

const remedies: Record<ViolationKind, string> = {
  dependency:
    "keep the id without reference and call the other module's contract, or read a view it publishes",
  privilege: "grant nothing in migrations; declare a published view in the contract for others to read",
  owner: "create it in a migration of its module",
  function:
    "write it as: create function ... security definer set search_path = <module>, pg_catalog; " +
    "and grant no one EXECUTE",
};

/**
 * Lists what breaks the walls of the model, or of the one module `only`. Reads the catalogue alone, so it
 * sees uncommitted changes of its own transaction.
 */
export async function findViolations(
  client: Pick<AdminClient, "query">,
  model: DatabaseModel,
  only?: string,
): Promise<Violation[]> {
  const modules = model.modules.filter(({ name }) => only === undefined || name === only);
  const roles = modules.map(({ name }) => rolesOf(model.app, name));
  const readers = model.modules.flatMap(({ name, reads }) => {
    const { app, reader } = rolesOf(model.app, name);
    return reads.flatMap((read) => [app, reader].map((role) => ({ ...read, role })));
  });
  const { rows } = await client.query<Violation>(violationQuery, [
    modules.map(({ name }) => name),
    roles.map(({ owner }) => owner),
    roles.map(({ app }) => app),
    roles.map(({ reader }) => reader),
    readers.map(({ module }) => module),
    readers.map(({ view }) => view),
    readers.map(({ role }) => role),
    workerRole(model.app),
    consoleRole(model.app),
  ]);
  return rows;
}

/** Throws ASHLAR_WALL_VIOLATED listing all of them, if there are any. `after` says what brought them. */
export function refuseViolations(violations: readonly Violation[], after: string): void {
  if (violations.length === 0) return;
  const lines = violations.map(({ kind, object, fault }) => `- ${object} ${fault}: ${remedies[kind]}`);
  throw new DatabaseError("ASHLAR_WALL_VIOLATED", `${after} breaks the walls:\n${lines.join("\n")}`);
}

// Objects below oid 16384 come with the server; leaving them out first keeps this at some milliseconds.
// Members of extensions are no module's and may be used by all.
const violationQuery = `
with module as (
  select n.oid as schema, m.name, n.nspowner, n.nspacl,
    to_regrole(m.owner)::oid as owner, to_regrole(m.app)::oid as app, to_regrole(m.reader)::oid as reader
  from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as m (name, owner, app, reader)
  join pg_catalog.pg_namespace n on n.nspname = m.name
), consumer as (
  select c.module, c.view, to_regrole(c.role)::oid as role
  from unnest($5::text[], $6::text[], $7::text[]) as c (module, view, role)
), object as (
  select 'pg_namespace'::regclass as class, m.schema as oid, m.schema, 's' as kind, null::name as name,
    m.nspowner as owner, m.nspacl as acl
  from module m
  union all
  select 'pg_class'::regclass, c.oid, c.relnamespace, case when c.relkind = 'S' then 'S' else 'r' end, c.relname,
    c.relowner, c.relacl
  from pg_catalog.pg_class c where c.relnamespace in (select schema from module) and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
  union all
  select 'pg_class'::regclass, c.oid, c.relnamespace, 'c', null, c.relowner, a.attacl
  from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attacl is not null
  where c.relnamespace in (select schema from module)
  union all
  select 'pg_proc'::regclass, p.oid, p.pronamespace, 'f', p.proname, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner))
  from pg_catalog.pg_proc p where p.pronamespace in (select schema from module)
  union all
  select 'pg_type'::regclass, t.oid, t.typnamespace, 'T', t.typname, t.typowner, coalesce(t.typacl, acldefault('T', t.typowner))
  from pg_catalog.pg_type t left join pg_catalog.pg_class c on c.oid = t.typrelid
  where t.typnamespace in (select schema from module) and (t.typtype in ('d', 'e', 'r') or c.relkind = 'c')
  union all
  select 'pg_operator'::regclass, o.oid, o.oprnamespace, 'o', null, o.oprowner, null
  from pg_catalog.pg_operator o where o.oprnamespace in (select schema from module)
), grantee as (
  select o.class, o.oid, o.kind, o.name, m.name as module, m.owner, m.app, m.reader, a.grantee, a.privilege_type, a.is_grantable
  from object o join module m on m.schema = o.schema, aclexplode(o.acl) a
  union all
  select 'pg_default_acl'::regclass, d.oid, d.defaclobjtype::text, null, m.name, m.owner, m.app, m.reader,
    a.grantee, a.privilege_type, a.is_grantable
  from module m join pg_catalog.pg_default_acl d on d.defaclrole = m.owner, aclexplode(d.defaclacl) a
), place (class, oid, schema) as (
  select 'pg_class'::regclass, oid, relnamespace from pg_catalog.pg_class where oid >= 16384
  union all select 'pg_proc'::regclass, oid, pronamespace from pg_catalog.pg_proc where oid >= 16384
  union all select 'pg_type'::regclass, oid, typnamespace from pg_catalog.pg_type where oid >= 16384
  union all select 'pg_operator'::regclass, oid, oprnamespace from pg_catalog.pg_operator where oid >= 16384
  union all select 'pg_opclass'::regclass, oid, opcnamespace from pg_catalog.pg_opclass where oid >= 16384
  union all select 'pg_opfamily'::regclass, oid, opfnamespace from pg_catalog.pg_opfamily where oid >= 16384
  union all select 'pg_collation'::regclass, oid, collnamespace from pg_catalog.pg_collation where oid >= 16384
  union all select 'pg_ts_config'::regclass, oid, cfgnamespace from pg_catalog.pg_ts_config where oid >= 16384
  union all select 'pg_ts_dict'::regclass, oid, dictnamespace from pg_catalog.pg_ts_dict where oid >= 16384
  union all select 'pg_statistic_ext'::regclass, oid, stxnamespace from pg_catalog.pg_statistic_ext
  union all select 'pg_constraint'::regclass, oid, connamespace from pg_catalog.pg_constraint where oid >= 16384
  union all select 'pg_rewrite'::regclass, r.oid, c.relnamespace
    from pg_catalog.pg_rewrite r join pg_catalog.pg_class c on c.oid = r.ev_class where r.oid >= 16384
  union all select 'pg_attrdef'::regclass, d.oid, c.relnamespace
    from pg_catalog.pg_attrdef d join pg_catalog.pg_class c on c.oid = d.adrelid
  union all select 'pg_trigger'::regclass, t.oid, c.relnamespace
    from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid where not t.tgisinternal
  union all select 'pg_policy'::regclass, p.oid, c.relnamespace
    from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid
), dependency as (
  select distinct f.class, f.oid, f.schema, d.refclassid, d.refobjid, t.schema as target
  from pg_catalog.pg_depend d
  join place f on f.class = d.classid and f.oid = d.objid
  join place t on t.class = d.refclassid and t.oid = d.refobjid
  where d.objid >= 16384 and d.refobjid >= 16384 and f.schema <> t.schema
    and (f.schema in (select schema from module) or t.schema in (select schema from module))
    and not exists (
      select from pg_catalog.pg_namespace n where n.oid in (f.schema, t.schema) and starts_with(n.nspname, 'pg_'))
    -- What needs another schema's index needs its table too, and the table says more.
    and not exists (
      select from pg_catalog.pg_class c
      where d.refclassid = 'pg_class'::regclass and c.oid = d.refobjid and c.relkind in ('i', 'I'))
    and not exists (
      select from pg_catalog.pg_depend e
      where e.deptype = 'e' and (e.classid, e.objid) in ((d.classid, d.objid), (d.refclassid, d.refobjid)))
)
select 'dependency' as kind, coalesce(m.name, t.name) as module,
  f.type || ' ' || f.identity as object, 'depends on ' || r.type || ' ' || r.identity as fault
from dependency d
left join module m on m.schema = d.schema
left join module t on t.schema = d.target,
pg_identify_object(d.class, d.oid, 0) f, pg_identify_object(d.refclassid, d.refobjid, 0) r

union all
select 'owner', m.name, i.type || ' ' || i.identity, 'belongs to ' || o.owner::regrole::text
from object o join module m on m.schema = o.schema, pg_identify_object(o.class, o.oid, 0) i
where o.owner <> m.owner and o.kind <> 'c'

union all
select 'privilege', g.module, i.type || ' ' || i.identity,
  'is open to ' || case g.grantee when 0 then 'PUBLIC' else g.grantee::regrole::text end || ' (' ||
  string_agg(g.privilege_type || case when g.is_grantable then ' with grant option' else '' end, ', ') || ')'
from grantee g, pg_identify_object(g.class, g.oid, 0) i
where g.grantee <> g.owner and not coalesce(
  not g.is_grantable and (
    (g.grantee = g.app and g.privilege_type <> 'CREATE')
    or (g.grantee = g.reader and g.kind <> 'f' and (
      g.privilege_type = 'SELECT' or (g.privilege_type = 'USAGE' and g.kind in ('s', 'T'))))
    or exists (
      select from consumer c where c.module = g.module and c.role = g.grantee and (
        (g.kind = 's' and g.privilege_type = 'USAGE')
        or (g.kind = 'r' and g.name = c.view and g.privilege_type = 'SELECT')))
    -- The framework's worker, in the framework's tables.
    or (g.grantee = to_regrole($8)::oid and (
      (g.kind = 's' and g.privilege_type = 'USAGE')
      or (g.kind = 'S' and starts_with(g.name::text, '_') and g.privilege_type in ('USAGE', 'SELECT'))
      or (g.kind = 'r' and starts_with(g.name::text, '_')
        and g.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))))
    or (g.grantee = to_regrole($9)::oid and g.name = '_migrations' and g.privilege_type = 'SELECT')
  ), false)
group by g.module, i.type, i.identity, g.grantee

union all
select 'function', m.name, 'function ' || p.oid::regprocedure::text, f.fault
from pg_catalog.pg_proc p join module m on m.schema = p.pronamespace
cross join lateral (
  select (
    select substr(setting, length('search_path=') + 1)
    from unnest(p.proconfig) as setting where starts_with(setting, 'search_path=')
  ) as path
) pinned
cross join lateral (values
  (case
    when not p.prosecdef then 'is not SECURITY DEFINER'
    when pinned.path is null then 'has no pinned search_path'
    when exists (
      select from unnest(string_to_array(pinned.path, ',')) as entry
      where btrim(entry, ' "') not in (m.name, 'pg_catalog', 'pg_temp', '')
    ) then 'has a search_path that leaves its schema'
    when exists (
      select from unnest(p.proconfig) as setting
      where starts_with(setting, 'role=') or starts_with(setting, 'session_authorization=')
    ) then 'sets a role'
  end)
) f (fault)
where f.fault is not null
order by 1, 2, 3, 4`;
