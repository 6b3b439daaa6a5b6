import { closed, command, contract, event, Type } from "ashlar/contract";
import { define, defineModule, tables } from "ashlar/module";

const Item = closed({ name: Type.String(), quantity: Type.Integer() });

export const publishing = contract("publishing", {
  addItem: command({ transaction: "own", input: Item, output: closed({}) }),
  /** As above, and tells the others. */
  announceItem: command({ transaction: "own", input: Item, output: closed({}) }),
  itemAdded: event({ version: 1, payload: Item }),
});

const { handle, ...definition } = define(publishing, { tables: tables<Record<never, never>>() });

/** The smallest command that changes something: one row. */
export const publishingModule = defineModule(
  { handle, ...definition },
  {
    handlers: [
      handle(publishing.addItem, async ({ name, quantity }, { sql }) => {
        await sql`insert into publishing.items (name, quantity) values (${name}, ${quantity})`;
        return {};
      }),
      handle(publishing.announceItem, async ({ name, quantity }, { sql, publish }) => {
        await Promise.all([
          sql`insert into publishing.items (name, quantity) values (${name}, ${quantity})`,
          publish(publishing.itemAdded, { name, quantity }),
        ]);
        return {};
      }),
    ],
    migrations: new URL("../schemas/publishing/", import.meta.url),
  },
);
