import type { MapView } from "../../api/map.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Ground } from "../ground.ts";
import { Kept } from "../modules/kept.ts";
import { lastMinutes } from "../modules/period.ts";
import { recentWork } from "../modules/recent-work.ts";
import { mapView } from "./map-view.ts";
import { observedPairs } from "./observed.ts";
import { Pictures } from "./picture.ts";

/** Few enough to see what goes on, enough for a quantile. */
const MINUTES = 5;

/** The modules as a picture with live numbers. */
export function mapEndpoints(ground: Ground): readonly Endpoint[] {
  const kept = new Kept(ground.now);
  const pictures = new Pictures(ground.description);
  return [
    {
      kind: "read",
      path: "/map",
      read: async ({ deadline }): Promise<MapView> => {
        const period = lastMinutes(ground.now(), MINUTES);
        const { observed, work } = await kept.get(`${period.until}`, async () => ({
          observed: await observedPairs(ground, deadline),
          work: await recentWork(ground, period, deadline),
        }));
        const { firing } = ground.monitor.now();
        return { ...period, ...mapView({ picture: pictures.of(observed), observed, work, firing }) };
      },
    },
  ];
}
