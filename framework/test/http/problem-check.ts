import assert from "node:assert/strict";
import { problemType } from "../../src/http/index.ts";

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly data?: unknown;
  readonly trace: string;
}

/** Asserts that an answer is a well-formed problem with this code, and that nothing of the inside shows in it. */
export async function assertProblem(answer: Response, status: number, code: string): Promise<ProblemBody> {
  const text = await answer.text();
  return checkProblem(text, answer.status, Object.fromEntries(answer.headers), status, code);
}

export function checkProblem(
  text: string,
  answered: number,
  headers: Readonly<Record<string, string>>,
  status: number,
  code: string,
): ProblemBody {
  assert.equal(answered, status, text);
  assert.equal(headers["content-type"], "application/problem+json; charset=utf-8");
  const body = JSON.parse(text) as ProblemBody;
  assert.equal(body.code, code);
  assert.equal(body.status, status);
  assert.equal(body.type, problemType(code));
  assert.ok(body.title.length > 0);
  assert.match(body.trace, /^[0-9a-f]{32}$/);
  assert.equal(headers["trace-id"], body.trace);
  const known = ["type", "title", "status", "code", "detail", "errors", "data", "trace"];
  assert.deepEqual(
    Object.keys(body).filter((member) => !known.includes(member)),
    [],
  );
  assert.doesNotMatch(text, /node_modules|\.ts\b|\bat \S+ \(|select |insert |ASHLAR_/i, "the inside shows");
  return body;
}
