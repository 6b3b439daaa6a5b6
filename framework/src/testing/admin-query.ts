import pg from "pg";
import { statement } from "../postgres/index.ts";
import { parserOf } from "../postgres/value-types.ts";

/**
 * Looks at a test's database from above all walls: a statement as superuser, outside of the app's transactions.
 * Interpolated values become parameters, as in a use case's `sql`.
 */
export type AdminQuery = <Row extends object = Record<string, unknown>>(
  strings: TemplateStringsArray,
  ...values: unknown[]
) => Promise<Row[]>;

export interface AdminConnection {
  readonly query: AdminQuery;
  /** For statements whose text is put together by the kit. */
  run(text: string, values: readonly unknown[]): Promise<void>;
  rows<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
}

/** One connection, opened by the first query; statements made at once run one after the other. */
export function adminConnection(url: string): AdminConnection {
  let connected: Promise<pg.Client> | undefined;
  const connection = () => {
    connected ??= (async () => {
      const client = new pg.Client({
        connectionString: url,
        application_name: "ashlar test: adminQuery",
        // The values look as they do in a use case.
        types: { getTypeParser: (oid: number) => parserOf(oid) },
      });
      await client.connect();
      return client;
    })();
    return connected;
  };
  return {
    async query<Row extends object>(strings: TemplateStringsArray, ...values: unknown[]) {
      const { text, values: parameters } = statement(strings, ...values);
      return (await (await connection()).query<Row>(text, [...parameters])).rows;
    },
    async run(text, values) {
      await (await connection()).query(text, [...values]);
    },
    async rows<Row extends object>(text: string, values: readonly unknown[]) {
      return (await (await connection()).query<Row>(text, [...values])).rows;
    },
    async stop() {
      await (await connected)?.end();
    },
  };
}
