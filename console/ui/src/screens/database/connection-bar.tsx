import type { ConnectionGroup, Connections } from "../../../../api/database.ts";
import { Module, useModuleHue } from "../../elements/index.ts";

const KINDS: Readonly<Record<Exclude<ConnectionGroup["kind"], "module">, string>> = {
  app: "of the app, module not known",
  idle: "of the app, idle",
  others: "of other logins and databases",
};

/** All connections that the server gives, and whose they are. The words below say the same as the colours. */
export function ConnectionBar({ of }: { readonly of: Connections }) {
  const hueOf = useModuleHue();
  const left = Math.max(0, of.max - of.used - of.reserved);
  return (
    <div className="connections">
      <svg
        className="connection-bar"
        viewBox={`0 0 ${of.max} 1`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {placed(of.groups).map(({ group, at }) => (
          <rect
            key={`${group.kind} ${group.module}`}
            x={at}
            y="0"
            width={group.count}
            height="1"
            data-kind={group.kind}
            data-hue={group.module === null ? undefined : hueOf(group.module)}
          />
        ))}
        <rect x={of.max - of.reserved} y="0" width={of.reserved} height="1" data-kind="reserved" />
      </svg>
      <ul className="connection-key" aria-label="Whose connections they are">
        {of.groups.map((group) => (
          <li key={`${group.kind} ${group.module}`}>
            <span className="figure">{group.count}</span>{" "}
            {group.kind === "module" && group.module !== null ? (
              <Module name={group.module} />
            ) : (
              <Swatch kind={group.kind} label={KINDS[group.kind as keyof typeof KINDS]} />
            )}
          </li>
        ))}
        <li>
          <span className="figure">{left}</span> <Swatch kind="free" label="free" />
        </li>
        {of.reserved > 0 && (
          <li>
            <span className="figure">{of.reserved}</span>{" "}
            <Swatch kind="reserved" label="kept for administrators" />
          </li>
        )}
      </ul>
      <details className="connection-detail">
        <summary>By state and application</summary>
        <div className="connection-lists">
          <List
            label="By state"
            items={of.byState.map(({ state, count }) => ({ key: state, label: state, count }))}
          />
          <List
            label="By login and application"
            items={of.byApplication.map(({ user, application, count }) => ({
              key: `${user} ${application}`,
              label: `${user} · ${application}`,
              count,
            }))}
          />
        </div>
      </details>
    </div>
  );
}

function Swatch({ kind, label }: { readonly kind: string; readonly label: string }) {
  return (
    <span className="swatch-label">
      <span className="swatch" data-kind={kind} aria-hidden="true" />
      {label}
    </span>
  );
}

function List({
  label,
  items,
}: {
  readonly label: string;
  readonly items: readonly { readonly key: string; readonly label: string; readonly count: number }[];
}) {
  return (
    <ul aria-label={label}>
      {items.map((item) => (
        <li key={item.key}>
          <span className="figure">{item.count}</span> {item.label}
        </li>
      ))}
    </ul>
  );
}

function placed(groups: readonly ConnectionGroup[]): { group: ConnectionGroup; at: number }[] {
  let at = 0;
  return groups.map((group) => {
    const place = { group, at };
    at += group.count;
    return place;
  });
}
