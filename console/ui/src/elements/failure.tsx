import type { ApiProblem } from "../api/problem.ts";
import { Severity } from "./severity.tsx";

/** What went wrong, with what is needed to ask somebody about it. */
export function Failure({ problem }: { readonly problem: ApiProblem | Error }) {
  const known = "code" in problem ? problem : null;
  return (
    <div className="failure" role="alert">
      <Severity of="error" word={known?.title ?? problem.message} />
      {known?.detail !== undefined && <p>{known.detail}</p>}
      {known !== null && known.errors.length > 0 && (
        <ul>
          {known.errors.map((each) => (
            <li key={`${each.path} ${each.message}`}>
              <code>{each.path}</code> {each.message}
            </li>
          ))}
        </ul>
      )}
      {known !== null && (
        <p className="failure-code">
          <code>{known.code}</code>
          {known.trace !== undefined && (
            <>
              {" · trace "}
              <code>{known.trace}</code>
            </>
          )}
        </p>
      )}
    </div>
  );
}
