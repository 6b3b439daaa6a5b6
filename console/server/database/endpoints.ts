import { Refusal } from "ashlar/http";
import { SYSTEM_SCHEMA } from "ashlar/postgres";
import { DATABASE_RANGES, TABLE_SORTS } from "../../api/database.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Ground } from "../ground.ts";
import { Kept } from "../modules/kept.ts";
import { modulesOf } from "./asking.ts";
import { cancel, terminate } from "./end-session.ts";
import { readNow } from "./now.ts";
import { readReplication } from "./replication.ts";
import { readStatements } from "./statements.ts";
import { readTables } from "./tables.ts";

/** What the database does, what that costs, and how to end a session of it. */
export function databaseEndpoints(ground: Ground): readonly Endpoint[] {
  const modules = [...modulesOf(ground), SYSTEM_SCHEMA];
  const kept = new Kept(ground.now);
  return [
    { kind: "read", path: "/database", read: ({ deadline }) => readNow(ground, deadline) },
    {
      kind: "read",
      path: "/database/statements",
      read: ({ query, deadline }) =>
        readStatements(ground, kept, deadline, {
          range: oneOf(query, "range", DATABASE_RANGES) ?? "1h",
          module: oneOf(query, "module", modules),
          statement: statementId(query),
        }),
    },
    {
      kind: "read",
      path: "/database/tables",
      read: ({ query, deadline }) =>
        readTables(ground, deadline, {
          module: oneOf(query, "module", modules),
          sort: oneOf(query, "sort", TABLE_SORTS) ?? "size",
        }),
    },
    {
      kind: "read",
      path: "/database/replication",
      read: ({ deadline }) => readReplication(ground, deadline),
    },
    terminate(ground),
    cancel(ground),
  ];
}

/** Null when it is not given. */
function oneOf<Choice extends string>(
  query: URLSearchParams,
  name: string,
  choices: readonly Choice[],
): Choice | null {
  const given = query.get(name) ?? "";
  if (given === "") return null;
  const choice = choices.find((each) => each === given);
  if (choice !== undefined) return choice;
  throw refused(name, `must be one of ${choices.join(", ")}`);
}

function statementId(query: URLSearchParams): string | null {
  const given = query.get("statement") ?? "";
  if (given === "") return null;
  // A query id is a bigint, and negative as often as not.
  if (/^-?\d{1,19}$/.test(given) && BigInt.asIntN(64, BigInt(given)) === BigInt(given)) return given;
  throw refused("statement", "must be the id of a statement");
}

function refused(name: string, message: string): Refusal {
  return new Refusal("REQUEST_INVALID", { errors: [{ path: `/query/${name}`, message }] });
}
