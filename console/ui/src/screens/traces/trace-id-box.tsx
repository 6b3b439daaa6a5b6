import { type FormEvent, useId, useState } from "react";
import { useLocation } from "wouter";
import { Icon } from "../../elements/index.ts";

/** Straight to a trace whose id is in a log line, an answer or a job. */
export function TraceIdBox() {
  const [text, setText] = useState("");
  const [isWrong, setWrong] = useState(false);
  const [, navigate] = useLocation();
  const id = useId();
  const go = (event: FormEvent) => {
    event.preventDefault();
    const traceId = text.trim().toLowerCase().replaceAll("-", "");
    if (/^[0-9a-f]{32}$/.test(traceId)) navigate(`/traces/${traceId}`);
    else setWrong(true);
  };
  return (
    <form className="trace-id-box" onSubmit={go}>
      <label className="field" htmlFor={id}>
        <span className="field-label">Trace id</span>
        <span className="field-box">
          <Icon name="search" />
          <input
            id={id}
            value={text}
            autoComplete="off"
            spellCheck={false}
            aria-invalid={isWrong}
            aria-describedby={isWrong ? `${id}-wrong` : undefined}
            onChange={(event) => {
              setText(event.target.value);
              setWrong(false);
            }}
          />
        </span>
      </label>
      <button type="submit" className="button">
        Open
      </button>
      {isWrong && (
        <p className="trace-id-wrong" id={`${id}-wrong`} role="alert">
          A trace id has 32 hexadecimal digits.
        </p>
      )}
    </form>
  );
}
