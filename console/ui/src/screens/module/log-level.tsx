import { useId, useState } from "react";
import { LOG_LEVELS } from "../../../../api/logs.ts";
import type { ModuleLog } from "../../../../api/module.ts";
import { useSession } from "../../api/index.ts";
import { ActionButton, Panel, Time } from "../../elements/index.ts";

const MINUTES = [15, 60, 240];

/** What the module writes to the log, and for operators how to change it for a while. */
export function LogLevel({
  module,
  log,
  onDone,
}: {
  readonly module: string;
  readonly log: ModuleLog;
  readonly onDone: () => void;
}) {
  const [level, setLevel] = useState<string>(log.level === "debug" ? log.usual : "debug");
  const [minutes, setMinutes] = useState(MINUTES[0]);
  const levelId = useId();
  const minutesId = useId();
  return (
    <Panel title="Log">
      <p>
        Writes at <code>{log.level}</code> and above
        {log.until === null ? (
          "."
        ) : (
          <>
            {" until "}
            <Time at={log.until} />, then at <code>{log.usual}</code> again.
          </>
        )}
      </p>
      {useSession()?.access === "operator" && (
        <div className="module-log">
          <label className="field" htmlFor={levelId}>
            <span className="field-label">Level</span>
            <select id={levelId} value={level} onChange={(event) => setLevel(event.target.value)}>
              {LOG_LEVELS.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          </label>
          <label className="field" htmlFor={minutesId}>
            <span className="field-label">For</span>
            <select
              id={minutesId}
              value={minutes}
              onChange={(event) => setMinutes(Number(event.target.value))}
            >
              {MINUTES.map((each) => (
                <option key={each} value={each}>
                  {each < 60 ? `${each} min` : `${each / 60} h`}
                </option>
              ))}
            </select>
          </label>
          <ActionButton
            action="logs.level"
            path="/logs/level"
            input={{ module, level, minutes }}
            label="Change level"
            one="module"
            onDone={onDone}
          />
        </div>
      )}
    </Panel>
  );
}
