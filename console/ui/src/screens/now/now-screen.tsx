import { useEffect } from "react";
import type { FiringView, Now } from "../../../../api/now.ts";
import { report } from "../../api/freshness.ts";
import { useShown } from "../../api/index.ts";
import {
  Ago,
  type Column,
  Empty,
  Failure,
  formatDuration,
  Module,
  Page,
  Panel,
  Severity,
  Table,
  Time,
  useFilters,
} from "../../elements/index.ts";
import { ChangeList } from "./change-list.tsx";
import { FiringCard } from "./firing-card.tsx";
import { NumberTiles } from "./number-tiles.tsx";
import { RunbookDialog } from "./runbook-dialog.tsx";
import { sentenceOf } from "./sentence.ts";
import { TimeAxis } from "./time-axis.tsx";
import "./now.css";

const MOST_CHANGES = 8;

/** What an operator has to know first: whether something is wrong, since when, where, and what to do. */
export default function NowScreen() {
  const { data, error } = useShown<Now>("/now");
  const runbook = useFilters().get("runbook");
  return (
    <Page title="Now">
      {data === undefined ? error !== null && <Failure problem={error} /> : <NowParts now={data} />}
      {runbook !== null && <RunbookDialog check={runbook} />}
    </Page>
  );
}

function NowParts({ now }: { readonly now: Now }) {
  const { firing, recent, blind, unknown, changes, traffic, numbers } = now;
  useUnknown(now);
  return (
    <>
      <State now={now} />
      {firing.length > 0 && (
        <section className="firings" aria-labelledby="firings">
          <h2 id="firings" className="unseen">
            What fires
          </h2>
          {worstFirst(firing).map((each) => (
            <FiringCard key={`${each.check} ${each.subject}`} firing={each} />
          ))}
        </section>
      )}
      <NumberTiles numbers={numbers} />
      <Panel title="The last hour">
        <TimeAxis traffic={traffic} firings={[...firing, ...recent]} changes={changes} />
      </Panel>
      <div className="now-columns">
        <Panel
          title="What changed"
          aside={changes.length > MOST_CHANGES && `the latest ${MOST_CHANGES} of ${changes.length}`}
        >
          <ChangeList changes={changes.slice(0, MOST_CHANGES)} empty="Nothing changed within a day" />
        </Panel>
        <Panel title="Ended within a day">
          <Table
            caption="What fired and ended within a day"
            columns={ENDED}
            rows={recent}
            rowKey={({ check, subject, since }) => `${check} ${subject} ${since}`}
            rowHref={({ place }) => place.href}
            empty={
              <Empty title="Nothing fired within a day" hint="What has ended stands here with its length." />
            }
          />
        </Panel>
      </div>
      {blind.length + unknown.length > 0 && (
        <Panel title="What cannot be told">
          <ul className="now-blind">
            {unknown.map(({ what, reason, since }) => (
              <li key={what}>
                <Severity of="blind" word={what} />
                <span>{reason}</span>
                <span className="quiet-text">
                  since <Time at={since} />
                </span>
              </li>
            ))}
            {blind.map(({ check, reason, since }) => (
              <li key={check}>
                <Severity of="blind" word={check} />
                <span>{reason}</span>
                <span className="quiet-text">
                  since <Time at={since} />
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

const RANK = { error: 0, warning: 1, note: 2 } as const;

/** Of those that are equally bad the first to fire comes first: it may be the cause. */
function worstFirst(firing: readonly FiringView[]): readonly FiringView[] {
  return firing.toSorted((one, other) => RANK[one.severity] - RANK[other.severity]);
}

/** One sentence, and who said so when. */
function State({ now }: { readonly now: Now }) {
  const { state, quiet, blind, lookedAt } = now;
  return (
    <section className="now-state" data-state={state} aria-live="polite">
      <p className="now-sentence">
        <Severity of={state} word={sentenceOf(now)} />
      </p>
      <p className="now-looked">
        {quiet} {quiet === 1 ? "check sees" : "checks see"} nothing
        {blind.length > 0 && `, ${blind.length} cannot look`}
        {lookedAt !== null && (
          <>
            ; last looked <Ago at={lookedAt} />
          </>
        )}
      </p>
    </section>
  );
}

/** What the answer could not tell is told in the place where a page that is old says so. */
function useUnknown({ unknown }: Now): void {
  const [first] = unknown;
  const since = first?.since;
  const reason = first?.reason;
  useEffect(() => {
    if (since === undefined || reason === undefined) return;
    report(UNKNOWN, { at: since, reason });
    return () => report(UNKNOWN, null);
  }, [since, reason]);
}

const UNKNOWN = "/now, in parts";

const ENDED: readonly Column<FiringView>[] = [
  {
    name: "title",
    label: "What",
    isWide: true,
    cell: ({ title, severity }) => <Severity of={severity} word={title} />,
  },
  {
    name: "module",
    label: "Module",
    cell: ({ module }) => (module === null ? null : <Module name={module} plain />),
  },
  { name: "since", label: "Since", cell: ({ since }) => <Time at={since} /> },
  {
    name: "for",
    label: "For",
    align: "end",
    cell: ({ since, endedAt }) => formatDuration((endedAt ?? since) - since),
  },
];
