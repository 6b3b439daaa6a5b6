import { Link } from "wouter";
import type { SubscriberView } from "../../../../api/events.ts";
import { ActionButton, Ago, countOf, Module, Panel, Severity } from "../../elements/index.ts";
import { jobHref } from "../jobs/job-filter.ts";
import { deliveriesHref, subscriberName } from "./subscriber-table.tsx";

/** Deliveries that used up their attempts: what they failed with, and what can be done. Nothing where there is none. */
export function PoisonList({ subscribers }: { readonly subscribers: readonly SubscriberView[] }) {
  const poisoned = subscribers.filter(({ dead }) => dead.count > 0);
  if (poisoned.length === 0) return null;
  return (
    <Panel title="Dead deliveries">
      <ul className="poison-list">
        {poisoned.map((subscriber) => (
          <li key={subscriberName(subscriber)}>
            <Poisoned subscriber={subscriber} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Poisoned({ subscriber }: { readonly subscriber: SubscriberView }) {
  const { module, name, event, dead, poison } = subscriber;
  return (
    <>
      <p className="poison-head">
        <Severity of="error" word={countOf(dead.count, "dead delivery", dead.isAtLeast)} />
        <span>of {event} to</span>
        <Module name={module} />
        <span>{name}</span>
      </p>
      {poison !== null && (
        <p className="timeline-error">
          <code>{poison.code}</code> {poison.message}
          <span className="quiet-text">
            {" · "}
            <Link href={jobHref(poison.job)}>{poison.job}</Link>, after {countOf(poison.attempts, "attempt")},{" "}
            <Ago at={poison.diedAt} />
          </span>
        </p>
      )}
      <div className="match-actions">
        <ActionButton
          action="events.redrive"
          path="/events/redrive"
          input={{ subscriber: subscriberName(subscriber) }}
          label="Redrive"
          one="delivery"
        />
        <ActionButton
          action="events.discard"
          path="/events/discard"
          input={{ subscriber: subscriberName(subscriber) }}
          label="Discard"
          one="delivery"
          danger
        />
        <Link className="button quiet" href={deliveriesHref(subscriber, "dead")}>
          Look at all of them
        </Link>
      </div>
    </>
  );
}
