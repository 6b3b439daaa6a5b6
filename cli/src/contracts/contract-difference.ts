import type { ApiChange } from "./api-change.ts";
import type { Baselines, ModuleBaseline } from "./baseline.ts";
import { bySeverity } from "./change-rules.ts";
import { type ContractChange, contractChange } from "./contract-change.ts";
import { nameChanges, routeChanges } from "./name-boundary.ts";
import { joinedReads, subscriberId } from "./observed-reads.ts";
import { openApiChanges } from "./openapi-difference.ts";
import { checkedOpenApi } from "./openapi-file.ts";
import { operationChanges } from "./operation-boundary.ts";
import { storedAnswerChanges } from "./stored-answers.ts";
import { type Consumers, eventChanges, jobChanges, viewChanges } from "./stored-boundary.ts";

/** Everything that changed in what a project promises, most severe first. */
export function contractChanges(
  old: Baselines,
  new_: Baselines,
  today = new Date(),
): readonly ContractChange[] {
  const consumers: Consumers = {
    subscribers: subscribersOf(old, new_),
    reads: joinedReads(old.reads, new_.reads),
    readsNow: new_.reads,
  };
  const changes = [
    ...Object.entries(old.modules).flatMap(([name, was]) => {
      const is = new_.modules[name];
      return [
        ...operationChanges(was, is),
        ...eventChanges(was, is, consumers),
        ...jobChanges(was, is),
        ...viewChanges(was, is, consumers),
        ...nameChanges(was, is),
        ...routeChanges(was, is),
      ];
    }),
    ...httpChanges(old, new_, today),
  ];
  return changes.sort(
    (one, other) =>
      bySeverity(one.severity, other.severity) || (one.key < other.key ? -1 : one.key > other.key ? 1 : 0),
  );
}

function httpChanges(old: Baselines, new_: Baselines, today: Date): readonly ContractChange[] {
  if (old.openApi === null || new_.openApi === null) return [];
  const was = checkedOpenApi(old.openApi, "the baseline's openapi.json");
  const is = checkedOpenApi(new_.openApi, "the OpenAPI document of the routes");
  const owners = ownersOf(old, new_);
  return [...openApiChanges(was, is, today), ...storedAnswerChanges(was, is)].map((change) =>
    fromApi(change, owners.get(change.where) ?? ""),
  );
}

function fromApi(change: ApiChange, module: string): ContractChange {
  const { id, severity, where, part, pointer, text } = change;
  return contractChange({ boundary: "http", module, where, part }, id, text, { severity, pointer });
}

/** Which module a route belongs to. */
function ownersOf(...baselines: readonly Baselines[]): ReadonlyMap<string, string> {
  return new Map(
    baselines.flatMap(({ modules }) =>
      Object.values(modules).flatMap(({ module, routes }) =>
        Object.keys(routes).map((route): [string, string] => [route, module]),
      ),
    ),
  );
}

function subscribersOf(...baselines: readonly Baselines[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  const add = ({ module, subscribers }: ModuleBaseline) => {
    for (const [name, { event }] of Object.entries(subscribers)) {
      found.set(event, (found.get(event) ?? new Set()).add(subscriberId(module, name)));
    }
  };
  for (const { modules } of baselines) Object.values(modules).forEach(add);
  return new Map([...found].map(([event, names]) => [event, [...names]]));
}
