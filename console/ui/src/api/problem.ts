import type { ProblemView } from "../../../api/problem.ts";

/** What the API answered instead of data, or that nothing answered at all (`status` 0). */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: NonNullable<ProblemView["errors"]>;
  readonly trace: string | undefined;

  constructor(problem: Partial<ProblemView> & Pick<ProblemView, "code" | "status" | "title">) {
    super(problem.detail === undefined ? problem.title : `${problem.title}: ${problem.detail}`);
    this.code = problem.code;
    this.status = problem.status;
    this.title = problem.title;
    this.detail = problem.detail;
    this.errors = problem.errors ?? [];
    this.trace = problem.trace;
  }

  /** Nobody, or nobody any longer, is signed in. */
  get isSignedOut(): boolean {
    return this.status === 401;
  }
}

/** The problem of an answer of 400 and above, whoever gave it. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const type = response.headers.get("content-type") ?? "";
  if (type.includes("json")) {
    const body: unknown = await response.json().catch(() => null);
    if (isProblem(body)) return new ApiProblem(body);
  }
  return new ApiProblem({
    code: "NO_PROBLEM",
    status: response.status,
    title: `The app answered with ${response.status}`,
  });
}

/** That no answer came: the app is away, or the network is. */
export function noAnswer(): ApiProblem {
  return new ApiProblem({ code: "NO_ANSWER", status: 0, title: "The app does not answer" });
}

function isProblem(body: unknown): body is ProblemView {
  return typeof body === "object" && body !== null && "code" in body && "title" in body && "status" in body;
}
