import { consoleRole, findViolations, rolesOf, SYSTEM_SCHEMA, workerRole } from "../../postgres/index.ts";
import { appCheck } from "../check.ts";
import { error } from "../finding.ts";
import { installedModel } from "./installed-model.ts";

export const grants = appCheck({
  id: "grants",
  holds: "Nobody has rights in a module beyond the model, and nothing reaches across modules",
  async look(app) {
    const violations = await findViolations(app.client, installedModel(app));
    if (violations.length === 0) return [];
    return [
      error(
        "Something in the database opens or goes round a wall",
        violations.map(({ object, fault }) => `${object} ${fault}`),
        "The app refuses to start like this. Take rights back (revoke … from …), drop what reaches across, in a migration " +
          "of the module that owns it; what other modules may read, its contract publishes as a view.",
      ),
    ];
  },
});

export const memberships = appCheck({
  id: "memberships",
  holds: "Only the app's login may act as its modules, and only as them",
  async look(app) {
    const { app: name, modules } = installedModel(app);
    const roles = modules.map((module) => rolesOf(name, module.name));
    const found = await app.rows<{ member: string; role: string; fault: string }>(
      `with ours as (
         select to_regrole(role)::oid as oid, is_owner from unnest($1::text[], $2::boolean[]) as r (role, is_owner)
       )
       select m.member::regrole::text as member, m.roleid::regrole::text as role,
         case when m.member = to_regrole($3)::oid then 'the login may become the owner'
           else 'neither the login nor an administrator' end as fault
       from pg_auth_members m join ours on ours.oid = m.roleid
       join pg_roles member on member.oid = m.member
       where case when m.member = to_regrole($3)::oid then ours.is_owner
         else not member.rolsuper and not member.rolcreaterole and member.oid <> $4::regrole
           -- The console's login works as the framework does.
           and not (member.oid = to_regrole($6)::oid and m.roleid = to_regrole($7)::oid and not m.admin_option) end
       union
       select m.member::regrole::text, m.roleid::regrole::text, 'a role that belongs to no module'
       from pg_auth_members m
       where (m.member in (select oid from ours) or m.member = to_regrole($3)::oid)
         and m.roleid not in (select oid from ours where oid is not null)
         -- Provisioning's doing: nobody acts as this owner, whose functions show the app its own statements.
         and not (m.member = to_regrole($5)::oid and m.roleid = 'pg_read_all_stats'::regrole and not m.set_option)
       order by 1, 2`,
      [
        roles.flatMap(({ owner, app: writer, reader }) => [owner, writer, reader]),
        roles.flatMap(() => [true, false, false]),
        `"${name}"`,
        `"${app.server.user.replaceAll('"', '""')}"`,
        rolesOf(name, SYSTEM_SCHEMA).owner,
        consoleRole(name),
        workerRole(name),
      ],
    );
    if (found.length === 0) return [];
    return [
      error(
        "Somebody may act as a role who should not",
        found.map(({ member, role, fault }) => `${member} is a member of ${role}: ${fault}`),
        found.map(({ member, role }) => `revoke ${role} from ${member};`).join("\n"),
      ),
    ];
  },
});
