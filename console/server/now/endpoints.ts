import type { Endpoint } from "../endpoint.ts";
import type { Ground } from "../ground.ts";
import { NowView } from "./now-view.ts";
import { readRunbook } from "./runbooks.ts";

/** What fires, and what to do about it. */
export function nowEndpoints(ground: Ground): readonly Endpoint[] {
  const view = new NowView(ground);
  return [
    { kind: "read", path: "/now", read: () => view.read() },
    {
      kind: "read",
      path: "/runbooks/{check}",
      read: ({ params }) => readRunbook(ground.root, params.check ?? ""),
    },
  ];
}
