/** Every answer of 400 and above, as of the rest of the edge: RFC 9457 with a stable code. */
export interface ProblemView {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly trace: string;
}
