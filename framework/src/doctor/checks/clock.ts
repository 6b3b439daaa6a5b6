import { databaseCheck } from "../check.ts";
import { error, ok, warning } from "../finding.ts";

const ROUNDS = 7;
const WARNING_MS = 1_000;
/** What signed tokens are allowed to differ by. */
const ERROR_MS = 60_000;

export const clock = databaseCheck({
  id: "clock",
  holds: "This machine and the server agree about the time",
  async look({ rows, now }) {
    let best = { offset: 0, roundTrip: Number.POSITIVE_INFINITY };
    // The fastest answer leaves least room for error: the server read its clock somewhere within it.
    for (let round = 0; round < ROUNDS; round++) {
      const before = now();
      const started = performance.now();
      const [answer] = await rows<{ ms: number }>(
        "select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms",
      );
      const roundTrip = performance.now() - started;
      if (roundTrip < best.roundTrip) best = { offset: answer!.ms - before - roundTrip / 2, roundTrip };
    }
    const evidence = [
      `the server is ${Math.abs(Math.round(best.offset))} ms ${best.offset < 0 ? "behind" : "ahead of"} this machine, ` +
        `give or take ${Math.ceil(best.roundTrip / 2) + 1} ms`,
    ];
    const atLeast = Math.abs(best.offset) - best.roundTrip / 2 - 1;
    const remedy =
      "Let both machines keep time by NTP (timedatectl status, chronyc tracking) and see which one is wrong.";
    if (atLeast > ERROR_MS) {
      return [
        error(
          "The clocks of this machine and of the server are far apart",
          [
            ...evidence,
            "tokens are refused or live too long; the queues are not concerned, they go by the server's clock",
          ],
          remedy,
        ),
      ];
    }
    if (atLeast > WARNING_MS)
      return [warning("The clocks of this machine and of the server differ", evidence, remedy)];
    return [ok("The clocks of this machine and of the server agree", evidence)];
  },
});
