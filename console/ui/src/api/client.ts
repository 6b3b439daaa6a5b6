import { ApiProblem, noAnswer, problemOf } from "./problem.ts";

const ROOT = "/console/api";
const HEADERS = { accept: "application/json", "x-ashlar-console": "1" };

/** GET; `path` is below /console/api. Throws ApiProblem. */
export function get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return ask<Answer>(path, { method: "GET", ...(signal === undefined ? {} : { signal }) });
}

/** POST with JSON; undefined where the answer has no body. Throws ApiProblem. */
export function post<Answer>(path: string, body: unknown): Promise<Answer> {
  return ask<Answer>(path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { ...HEADERS, "content-type": "application/json" },
  });
}

/** DELETE. Throws ApiProblem. */
export function remove(path: string): Promise<void> {
  return ask<void>(path, { method: "DELETE" });
}

async function ask<Answer>(path: string, request: RequestInit): Promise<Answer> {
  const response = await fetch(`${ROOT}${path}`, {
    credentials: "same-origin",
    cache: "no-store",
    headers: HEADERS,
    ...request,
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw noAnswer();
  });
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as Answer;
  const body: unknown = await response.json().catch(() => {
    throw new ApiProblem({ code: "NO_JSON", status: response.status, title: "The answer is not JSON" });
  });
  return body as Answer;
}
