import fc from "fast-check";
import { NO_SOURCES } from "../src/found-calls.ts";
import { type ModuleGraph, moduleGraph } from "../src/module-graph.ts";
import { command, emptyModule, query } from "./many-modules.ts";

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,29}$/);

/** Graphs of up to thirty modules with edges of all kinds in all directions, cycles of calls among them. */
export const graphs: fc.Arbitrary<ModuleGraph> = fc
  .uniqueArray(name, { minLength: 0, maxLength: 30 })
  .chain((names) => {
    const other = names.length === 0 ? fc.constant("none") : fc.constantFrom(...names);
    const some = (maxLength: number) =>
      fc.uniqueArray(other, { maxLength: names.length === 0 ? 0 : maxLength });
    return fc.tuple(
      ...names.map((module) =>
        fc
          .record({
            uses: some(4),
            reads: some(2),
            publishers: some(3),
            joins: fc.nat(3),
            queries: fc.nat(4),
            routes: fc.nat(9),
          })
          .map(({ uses, reads, publishers, joins, queries, routes }) => ({
            ...emptyModule(module),
            uses: uses.filter((each) => each !== module),
            reads: reads.filter((each) => each !== module).map((each) => `${each}.listing`),
            subscribers: publishers.map((each) => ({
              name: `on${each}`,
              event: `${each}.done`,
              queue: "default",
              inOrder: false,
            })),
            operations: [
              ...Array.from({ length: joins }, (_, n) => command(module, `change${n}`, "joins")),
              ...Array.from({ length: queries }, (_, n) => query(module, `find${n}`)),
            ],
            routes: Array.from({ length: routes }, () => ({
              method: "GET" as const,
              path: "/",
              summary: "",
              auth: { kind: "anyone" as const },
              operation: null,
            })),
          })),
      ),
    );
  })
  .map((modules) => moduleGraph({ name: "random", modules }, NO_SOURCES));
