import "./map.css";
import { useSyncExternalStore } from "react";
import type { MapView } from "../../../../api/map.ts";
import { useShown } from "../../api/index.ts";
import { ChoiceFilter, Filters, Page, Tabs, Time, useFilters, Whole } from "../../elements/index.ts";
import { MapPicture } from "./map-picture.tsx";
import { MapTables } from "./map-tables.tsx";
import { MEASURES, measureIn } from "./measure.ts";

const narrow = window.matchMedia("(width < 40rem)");

/** The modules and what they do with each other, as a picture or as tables. */
export default function MapScreen() {
  const filters = useFilters();
  const shown = useShown<MapView>("/map");
  const isNarrow = useSyncExternalStore(onNarrow, () => narrow.matches);
  // A picture that has to be moved about is no good start on a phone.
  const view = filters.get("view") ?? (isNarrow ? "table" : "picture");
  const measure = measureIn(filters);
  return (
    <Page
      title="Map"
      lede={
        <>
          What the modules do with each other
          {shown.data !== undefined && (
            <>
              : the five minutes up to <Time at={shown.data.until} />
            </>
          )}
        </>
      }
      actions={
        <Filters label="What is shown">
          <ChoiceFilter name="measure" label="Measure" choices={MEASURES} all={null} />
        </Filters>
      }
    >
      <Tabs
        label="Forms of the map"
        items={(["picture", "table"] as const).map((name) => ({
          href: `/map?${filters.with({ view: name })}`,
          label: name === "picture" ? "Picture" : "Table",
          isCurrent: view === name,
        }))}
      />
      <Whole of={shown}>
        {(map) =>
          view === "table" ? (
            <MapTables map={map} measure={measure} />
          ) : (
            <MapPicture map={map} measure={measure} />
          )
        }
      </Whole>
    </Page>
  );
}

function onNarrow(changed: () => void): () => void {
  narrow.addEventListener("change", changed);
  return () => narrow.removeEventListener("change", changed);
}
