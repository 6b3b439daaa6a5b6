import type { DatabaseCheck } from "../firing-check.ts";

const ROUNDS = 3;
const WARNING_MS = 1_000;
const SEVERE_MS = 60_000;

export function clockSkew(): DatabaseCheck {
  return {
    id: "clock-skew",
    holds: "This machine and the database agree about the time",
    of: "database",
    everyMs: 60_000,
    async look(session, { now }) {
      let best = { offset: 0, roundTrip: Number.POSITIVE_INFINITY };
      // The fastest answer leaves least room for error: the server read its clock somewhere within it.
      for (let round = 0; round < ROUNDS; round++) {
        const before = now();
        const started = performance.now();
        const [answer] = await session.rows<{ ms: number }>(
          "select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms",
        );
        const roundTrip = performance.now() - started;
        if (roundTrip < best.roundTrip) best = { offset: answer!.ms - before - roundTrip / 2, roundTrip };
      }
      const atLeast = Math.abs(best.offset) - best.roundTrip / 2 - 1;
      if (atLeast <= WARNING_MS) return [];
      return [
        {
          subject: "",
          severity: atLeast > SEVERE_MS ? "error" : "warning",
          title: "The clocks of this machine and of the database differ",
          evidence: [
            `the database is ${Math.abs(Math.round(best.offset))} ms ${best.offset < 0 ? "behind" : "ahead of"} this machine`,
            "sessions and tokens end at the wrong time; the queues are not concerned, they go by the database's clock",
          ],
          module: null,
          actions: [{ does: "See which of the two machines is wrong", command: "timedatectl status" }],
        },
      ];
    },
  };
}
