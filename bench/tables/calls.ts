import { type Child, startChild } from "../child.ts";
import type { Contender, Reading } from "../harness.ts";
import type { Session } from "../table.ts";

const CLIENT = new URL("../clients/call-client.ts", import.meta.url);

export async function run(session: Session): Promise<void> {
  const start = (script: URL, ...args: string[]) => {
    const child = startChild(script, args);
    session.atEnd(child.stop);
    return child;
  };
  const server = start(new URL("../servers/price-server.ts", import.meta.url));
  const systems = {
    ashlar: start(CLIENT, "direct"),
    baseline: start(CLIENT, "function"),
    "ashlar serialised": start(CLIENT, "serialised"),
    "fastify+node:http": start(CLIENT, "http", String(await server.ask<number>("port"))),
  };
  // Some 30 ms each: short enough that neighbours see the same machine, long enough for the clock.
  const counts: Record<keyof typeof systems, number> = {
    ashlar: 60_000,
    baseline: 500_000,
    "ashlar serialised": 10_000,
    "fastify+node:http": 200,
  };
  const contenders = (kind: string): Contender[] =>
    Object.entries<Child>(systems).map(([system, child]) => ({
      system,
      measure: () => child.ask<Reading>("call", { kind, count: counts[system as keyof typeof systems] }),
    }));
  const rounds = session.quick ? 21 : 101;
  await session.measure(
    { row: "query, awaited in turn", against: "baseline", contenders: contenders("query") },
    rounds,
  );
  await session.measure(
    {
      row: "command that joins the transaction",
      against: "baseline",
      contenders: contenders("command").slice(0, 3),
    },
    rounds,
  );
}
