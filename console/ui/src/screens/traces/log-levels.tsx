import { useId, useState } from "react";
import { LOG_LEVELS, type LogLevelsView } from "../../../../api/logs.ts";
import { useSession, useShown } from "../../api/index.ts";
import { ActionButton, Module, Time } from "../../elements/index.ts";

const MINUTES = [5, 15, 60];

/** Lets a module of the trace log more for a while, to see it when it happens again. */
export function LogLevels({ modules }: { readonly modules: readonly string[] }) {
  const shown = useShown<LogLevelsView>("/logs/levels");
  const isOperator = useSession()?.access === "operator";
  const [chosen, choose] = useState<string | null>(null);
  const [level, chooseLevel] = useState("debug");
  const [minutes, chooseMinutes] = useState(15);
  const id = useId();
  const known = shown.data?.modules ?? [];
  const changed = known.filter(({ until }) => until !== null);
  const module = chosen ?? modules[0] ?? known[0]?.module;
  if (module === undefined || (!isOperator && changed.length === 0)) return null;
  const others = known.map((each) => each.module).filter((name) => !modules.includes(name));
  return (
    <div className="log-levels">
      {changed.map((each) => (
        <p key={each.module}>
          <Module name={each.module} plain /> logs <b>{each.level}</b> and above until{" "}
          <Time at={each.until} />, then {each.usual} again
        </p>
      ))}
      {isOperator && (
        <fieldset>
          <legend>Log more for a while, on every instance</legend>
          <Select
            id={`${id}-module`}
            label="Module"
            value={module}
            onChoose={choose}
            of={[...modules, ...others]}
          />
          <Select id={`${id}-level`} label="Level" value={level} onChoose={chooseLevel} of={LOG_LEVELS} />
          <Select
            id={`${id}-minutes`}
            label="Minutes"
            value={String(minutes)}
            onChoose={(value) => chooseMinutes(Number(value))}
            of={MINUTES.map(String)}
          />
          <ActionButton
            action="logs.level"
            path="/logs/level"
            input={{ module, level, minutes }}
            label="Change level"
            one="module"
            onDone={() => shown.refetch()}
          />
        </fieldset>
      )}
    </div>
  );
}

function Select({
  id,
  label,
  value,
  of,
  onChoose,
}: {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly of: readonly string[];
  readonly onChoose: (value: string) => void;
}) {
  return (
    <label className="field" htmlFor={id}>
      <span className="field-label">{label}</span>
      <span className="field-box">
        <select id={id} value={value} onChange={(event) => onChoose(event.target.value)}>
          {of.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </span>
    </label>
  );
}
