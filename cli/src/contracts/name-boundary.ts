import type { AuthPolicy } from "ashlar/module";
import type { ModuleBaseline } from "./baseline.ts";
import { type ChangePlace, type ContractChange, contractChange } from "./contract-change.ts";

/** Names that are stored with rows: a new one does not take over what lies under the old one. */
export function nameChanges(
  old: ModuleBaseline,
  new_: ModuleBaseline | undefined,
): readonly ContractChange[] {
  const place = (name: string, part: string): ChangePlace => ({
    boundary: "stored name",
    module: old.module,
    where: `${old.module}.${name}`,
    part,
  });
  const changes: ContractChange[] = [];
  for (const [name, was] of Object.entries(old.subscribers)) {
    const is = new_?.subscribers[name];
    if (is === undefined || is.event !== was.event) {
      changes.push(
        contractChange(
          place(name, "subscriber"),
          "subscriber-removed",
          is === undefined
            ? `the subscriber was removed or renamed; deliveries of ${was.event} stored under its name would find no handler, and another name begins with no memory of what was taken in`
            : `it subscribed to ${was.event} and does to ${is.event} now; deliveries stored under its name would be refused. Give the new one another name`,
        ),
      );
    } else if (is.queue !== was.queue) {
      changes.push(
        contractChange(
          place(name, "subscriber"),
          "queue-changed",
          `its queue was ${was.queue} and is ${is.queue} now; deliveries that are stored stay in ${was.queue}`,
        ),
      );
    }
  }
  for (const [name, was] of Object.entries(old.schedules)) {
    const is = new_?.schedules[name];
    if (is !== undefined && is.job === was.job) continue;
    changes.push(
      contractChange(
        place(name, "schedule"),
        "schedule-removed",
        is === undefined
          ? `the schedule was removed or renamed; ${was.job} is not enqueued by it any more, and another name begins anew: a pause or a time that was missed is forgotten`
          : `it enqueued ${was.job} and enqueues ${is.job} now`,
      ),
    );
  }
  return changes;
}

/** What a document of OpenAPI does not say of who may use a route: roles, and scopes of API keys. */
export function routeChanges(
  old: ModuleBaseline,
  new_: ModuleBaseline | undefined,
): readonly ContractChange[] {
  return Object.entries(old.routes).flatMap(([route, was]): readonly ContractChange[] => {
    const is = new_?.routes[route];
    // That a route is gone, or takes a session now, the document does say.
    if (is === undefined || was.auth.kind === "anyone" || is.auth.kind === "anyone") return [];
    const place: ChangePlace = { boundary: "http", module: old.module, where: route, part: "auth policy" };
    const tightened: string[] = [];
    if (is.auth.kind === "role" && roleOf(was.auth) !== is.auth.role) {
      tightened.push(`it takes the role ${is.auth.role} now, and took ${roleOf(was.auth) ?? "any account"}`);
    }
    if (was.auth.scope !== undefined && was.auth.scope !== is.auth.scope) {
      tightened.push(
        is.auth.scope === undefined
          ? `API keys with ${was.auth.scope} are refused now`
          : `API keys need ${is.auth.scope} now, and needed ${was.auth.scope}`,
      );
    }
    if (tightened.length > 0) return [contractChange(place, "security-tightened", tightened.join("; "))];
    const isLooser = was.auth.kind === "role" && is.auth.kind !== "role";
    return isLooser || was.auth.scope !== is.auth.scope
      ? [contractChange(place, "security-loosened", "it lets in more than before")]
      : [];
  });
}

function roleOf(auth: AuthPolicy): string | undefined {
  return auth.kind === "role" ? auth.role : undefined;
}
