import type { Baselines, ConsumerReads } from "./baseline.ts";
import type { ChangeId } from "./change-rules.ts";
import type { SchemaChange } from "./schema-difference.ts";
import { isObject, type SchemaNode } from "./schema-node.ts";

const REMOVALS: ReadonlySet<ChangeId> = new Set(["required-property-removed", "optional-property-removed"]);

/**
 * Makes removals precise by what consumers were seen to read: what somebody reads is an error that names them, what
 * was always there and nobody read is a note. Where one of the consumers was never watched, the rule stays as it is.
 */
export function byObservedReads(
  member: string,
  changes: readonly SchemaChange[],
  consumers: readonly string[],
  reads: ConsumerReads,
): readonly (SchemaChange & { readonly isRead: boolean })[] {
  const watched = Object.keys(reads).filter((consumer) => reads[consumer]?.[member] !== undefined);
  const areAllWatched = watched.length > 0 && consumers.every((consumer) => watched.includes(consumer));
  const wasThere = (pointer: string) => {
    const parent = pointer.slice(0, pointer.lastIndexOf("/"));
    return parent === "" || watched.some((consumer) => reads[consumer]![member]!.includes(parent));
  };
  return changes.map((change) => {
    if (!REMOVALS.has(change.id)) return { ...change, isRead: false };
    const readers = watched.filter((consumer) =>
      reads[consumer]![member]!.some((place) => isWithin(place, change.pointer)),
    );
    if (readers.length > 0) {
      return {
        ...change,
        severity: "error",
        text: `${change.text}, and ${readers.join(", ")} ${readers.length === 1 ? "reads" : "read"} it`,
        isRead: true,
      };
    }
    // What may have been absent from every value of the tests, nobody can have been seen to read.
    return areAllWatched && change.id === "required-property-removed" && wasThere(change.pointer)
      ? { ...change, severity: "note", text: `${change.text}; no consumer reads it`, isRead: false }
      : { ...change, isRead: false };
  });
}

/** Both together: a place counts when either has it. */
export function joinedReads(one: ConsumerReads, other: ConsumerReads): ConsumerReads {
  const joined: Record<string, Record<string, readonly string[]>> = {};
  for (const reads of [one, other]) {
    for (const [consumer, members] of Object.entries(reads)) {
      joined[consumer] ??= {};
      for (const [member, places] of Object.entries(members)) {
        joined[consumer][member] = [...new Set([...(joined[consumer][member] ?? []), ...places])].sort();
      }
    }
  }
  return joined;
}

/**
 * What is known after a run: places stay known until they are seen to be gone. A place that its schema does not have
 * any more goes when its consumer was watched again; consumers and members that are gone go with theirs.
 */
export function foldedReads(
  known: ConsumerReads,
  observed: ConsumerReads,
  now: Pick<Baselines, "modules">,
): ConsumerReads {
  const schemas = memberSchemas(now);
  const consumers = consumerIds(now);
  const joined = joinedReads(known, observed);
  return Object.fromEntries(
    Object.entries(joined)
      .filter(([consumer]) => consumers.has(consumer))
      .map(([consumer, members]): [string, Record<string, readonly string[]>] => [
        consumer,
        Object.fromEntries(
          Object.entries(members)
            .filter(([member]) => schemas.has(member))
            .map(([member, places]) => {
              const wasWatched = observed[consumer]?.[member] !== undefined;
              return [
                member,
                wasWatched ? places.filter((place) => leads(schemas.get(member)!, place)) : places,
              ];
            }),
        ),
      ])
      .filter(([, members]) => Object.keys(members).length > 0),
  );
}

function memberSchemas({ modules }: Pick<Baselines, "modules">): ReadonlyMap<string, SchemaNode> {
  const found = new Map<string, SchemaNode>();
  for (const { module, operations, events, views } of Object.values(modules)) {
    for (const [name, { output }] of Object.entries(operations)) found.set(`${module}.${name}`, output);
    for (const [name, { payload }] of Object.entries(events)) found.set(`${module}.${name}`, payload);
    for (const [name, { row }] of Object.entries(views)) found.set(`${module}.${name}`, row);
  }
  return found;
}

function consumerIds({ modules }: Pick<Baselines, "modules">): ReadonlySet<string> {
  return new Set(
    Object.values(modules).flatMap(({ module, operations, jobs, subscribers }) => [
      ...[operations, jobs].flatMap((members) => Object.keys(members).map((name) => `${module}.${name}`)),
      ...Object.keys(subscribers).map((name) => subscriberId(module, name)),
    ]),
  );
}

/** The id by which a subscriber runs: that of its deliveries. */
export function subscriberId(module: string, name: string): string {
  return `${module}.on.${name}`;
}

/** Whether a schema has a place, as far as it says. */
function leads(schema: SchemaNode, place: string): boolean {
  let at: readonly SchemaNode[] = [schema];
  for (const step of place.split("/").slice(1)) {
    at = at.flatMap((node) => stepsInto(node, step.replaceAll("~1", "/").replaceAll("~0", "~")));
    if (at.length === 0) return false;
  }
  return true;
}

function stepsInto(node: SchemaNode, step: string): readonly SchemaNode[] {
  if (!isObject(node)) return node ? [true] : [];
  const unions = ["anyOf", "oneOf", "allOf"].flatMap((keyword) =>
    Array.isArray(node[keyword])
      ? (node[keyword] as SchemaNode[]).flatMap((each) => stepsInto(each, step))
      : [],
  );
  if (step === "*") {
    const inner = [node.items, node.additionalProperties].filter((each) => isObject(each));
    return [...inner, ...unions] as SchemaNode[];
  }
  const properties = isObject(node.properties) ? node.properties : {};
  // A reference may lead to anything; what is not known is kept.
  if (step in properties) return [properties[step] as SchemaNode, ...unions];
  return typeof node.$ref === "string" ? [true] : unions;
}

/** Whether reading `place` takes in what is at `pointer`. */
function isWithin(place: string, pointer: string): boolean {
  return place === pointer || place.startsWith(`${pointer}/`);
}
