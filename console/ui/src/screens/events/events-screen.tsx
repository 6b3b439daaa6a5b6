import type { Events } from "../../../../api/events.ts";
import { useShown } from "../../api/index.ts";
import { Page, Panel, Whole } from "../../elements/index.ts";
import { OutboxTable } from "./outbox-table.tsx";
import { PoisonList } from "./poison-list.tsx";
import { RecentEvents } from "./recent-events.tsx";
import { ReplayPanel } from "./replay-panel.tsx";
import { SubscriberTable } from "./subscriber-table.tsx";
import "../jobs/jobs.css";
import "./events.css";

/** Who is behind, what has died on the way, and what was published lately. */
export default function EventsScreen() {
  const events = useShown<Events>("/events");
  return (
    <Page title="Events" lede="What was published, and how far its subscribers are.">
      <Whole of={events}>
        {({ subscribers, outboxes }) => (
          <>
            <PoisonList subscribers={subscribers} />
            <ReplayPanel />
            <Panel title="Subscribers">
              <SubscriberTable subscribers={subscribers} />
            </Panel>
            <Panel title="Outboxes">
              <OutboxTable outboxes={outboxes} />
            </Panel>
          </>
        )}
      </Whole>
      <RecentEvents outboxes={events.data?.outboxes ?? []} />
    </Page>
  );
}
