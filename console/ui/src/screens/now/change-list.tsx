import { Link } from "wouter";
import type { Change } from "../../../../api/now.ts";
import { Ago, Empty, Icon, type IconName, Module, Time } from "../../elements/index.ts";
import { changeWord } from "./time-axis.tsx";

const ICONS: Readonly<Record<Change["kind"], IconName>> = {
  deploy: "deploys",
  restart: "play",
  migration: "database",
  action: "audit",
  "log-level": "traces",
};

/** What somebody changed, the latest first. */
export function ChangeList({
  changes,
  empty,
}: {
  readonly changes: readonly Change[];
  readonly empty: string;
}) {
  if (changes.length === 0) return <Empty title={empty} />;
  return (
    <ol className="changes">
      {changes.map((change) => (
        <li key={`${change.kind} ${change.at} ${change.title}`} data-kind={change.kind}>
          <Icon name={ICONS[change.kind]} />
          <div>
            <p className="change-title">
              <span className="change-kind">{changeWord(change.kind)}</span>{" "}
              <Link href={change.place.href}>{change.title}</Link>
            </p>
            <p className="change-when">
              <Time at={change.at} />, <Ago at={change.at} />
              {change.actor !== null && <> by {change.actor}</>}
              {change.module !== null && (
                <>
                  {" "}
                  <Module name={change.module} />
                </>
              )}
            </p>
          </div>
        </li>
      ))}
    </ol>
  );
}
