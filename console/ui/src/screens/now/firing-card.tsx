import { useId } from "react";
import { Link } from "wouter";
import type { ActionView, AffectedRoute, FiringView } from "../../../../api/now.ts";
import {
  Ago,
  Code,
  formatAgo,
  formatDuration,
  formatShare,
  Icon,
  Module,
  Severity,
  Time,
  useFilters,
} from "../../elements/index.ts";

/** One thing that fires: since when, what is seen, what changed before it, who may suffer, and what is safe to do. */
export function FiringCard({ firing }: { readonly firing: FiringView }) {
  const id = useId();
  const filters = useFilters();
  const { check, severity, title, module, since, evidence, suspect, actions, place } = firing;
  const runbook = `/?${filters.with({ runbook: check })}`;
  return (
    <article className="firing" data-severity={severity} data-check={check} aria-labelledby={id}>
      <div className="firing-head">
        <Severity of={severity} />
        <h3 id={id}>{title}</h3>
        {module !== null && <Module name={module} />}
        <p className="firing-since">
          since <Time at={since} />, <Ago at={since} />
        </p>
      </div>
      {suspect !== null && (
        <p className="firing-suspect">
          <Icon name="deploys" />
          <span>
            {formatAgo(suspect.at, since).replace(" ago", " before it").replace("just now", "Just before it")}
            : <Link href={suspect.place.href}>{suspect.title}</Link>
            {suspect.actor !== null && ` by ${suspect.actor}`}
          </span>
        </p>
      )}
      <ul className="firing-evidence" aria-label="Evidence">
        {evidence.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <Blast firing={firing} />
      <div className="firing-places">
        <Link className="button firing-place" href={place.href}>
          {place.label}
          <Icon name="next" />
        </Link>
        <Link className="button" href={runbook} data-runbook={check}>
          Runbook
        </Link>
      </div>
      {actions.length > 0 && (
        <div className="firing-actions">
          <h4>Safe to do</h4>
          <ul>
            {actions.map((action) => (
              <li key={`${action.does} ${action.command} ${action.sql}`}>
                <Action action={action} isSeenAbove={action.place?.href === place.href} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </article>
  );
}

/** What the console does itself is a link; the way through a shell stands behind it, for whoever prefers that. */
function Action({ action, isSeenAbove }: { readonly action: ActionView; readonly isSeenAbove: boolean }) {
  const { does, command, sql, place } = action;
  const text = command ?? sql;
  const code = text === null ? null : <Code text={text} label={command === null ? "SQL" : "Command"} />;
  return (
    <>
      <p>{does}</p>
      {place !== null && !(isSeenAbove && command?.includes(" list ")) && (
        <Link className="button small" href={place.href}>
          {place.label}
        </Link>
      )}
      {place === null
        ? code
        : code !== null && (
            <details>
              <summary>{command === null ? "As SQL" : "In a shell"}</summary>
              {code}
            </details>
          )}
    </>
  );
}

/** Who may suffer. */
function Blast({ firing: { blast } }: { readonly firing: FiringView }) {
  if (blast.routes.length === 0 && blast.modules.length === 0) return null;
  return (
    <dl className="firing-blast">
      {blast.routes.length > 0 && (
        <div>
          <dt>Suffers</dt>
          <dd>
            <ul>
              {blast.routes.map((route) => (
                <li key={route.route}>
                  <Link href={`/traces?name=${encodeURIComponent(route.route)}`}>{route.route}</Link>{" "}
                  <span className="quiet-text">{sufferingOf(route)}</span>
                </li>
              ))}
            </ul>
          </dd>
        </div>
      )}
      {blast.modules.length > 0 && (
        <div>
          <dt>Depends on it</dt>
          <dd className="firing-modules">
            {blast.modules.map((name) => (
              <Module key={name} name={name} />
            ))}
          </dd>
        </div>
      )}
    </dl>
  );
}

function sufferingOf({ errorShare, p99Ms }: AffectedRoute): string {
  return [
    ...(errorShare > 0 ? [`${formatShare(errorShare)} fail`] : []),
    ...(p99Ms === null ? [] : [`p99 ${formatDuration(p99Ms)}`]),
  ].join(", ");
}
