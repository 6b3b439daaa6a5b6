import type { Now } from "../../../../api/now.ts";
import { formatTime } from "../../elements/index.ts";

/** The state of everything in one sentence, for somebody who was asleep a minute ago. */
export function sentenceOf({ firing, blind, quiet, lookedAt }: Now): string {
  const wrong = firing.filter(({ severity }) => severity !== "note");
  const [first] = wrong;
  if (first !== undefined) {
    const things = wrong.length === 1 ? "1 thing is wrong" : `${wrong.length} things are wrong`;
    const since = `${wrong.length === 1 ? "" : "the first "}since ${formatTime(first.since)}`;
    return `${things}, ${since}${first.module === null ? "" : ` in ${first.module}`}`;
  }
  if (lookedAt === null) return "Nobody has looked yet";
  if (blind.length > 0 && quiet === 0) return "Nothing can be looked at";
  if (blind.length > 0)
    return `Nothing fires, but ${blind.length} checks cannot look`.replace("1 checks", "1 check");
  if (firing.length > 0) return "All is well; there is something to know";
  return "All is well";
}
