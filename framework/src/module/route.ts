import type { AnyOperation, InputOf, OutputOf, Static, TObject, TSchema } from "../contract/index.ts";
import type { Actor } from "./actor.ts";
import type { AuthPolicy } from "./auth-policy.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

type ValueOf<Schema> = Schema extends TSchema ? Static<Schema> : undefined;

export interface RouteRequest<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly actor: Actor;
}

/** Binds an operation of the module to a method and a path. The answer's body is the operation's output. */
export interface RouteParts<
  Op,
  Params extends TObject | undefined,
  Query extends TObject | undefined,
  Body extends TSchema | undefined,
> {
  readonly method: Method;
  /** OpenAPI style: `/v1/orders/{id}`. */
  readonly path: `/${string}`;
  readonly auth: AuthPolicy;
  /** One line for the API's reader. */
  readonly summary: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** From the request, already validated, to the operation's input. */
  readonly input: NoInfer<
    (request: RouteRequest<ValueOf<Params>, ValueOf<Query>, ValueOf<Body>>) => InputOf<Op>
  >;
  /** Status of success; 200 unless told. 204 sends no body. */
  readonly status?: 200 | 201 | 202 | 204;
  /** Extra headers of success, for example `location`. */
  readonly headers?: NoInfer<(output: OutputOf<Op>) => Readonly<Record<string, string>>>;
  /**
   * Whether `Idempotency-Key` is honoured. `required` refuses a request without one. Only for commands whose
   * transaction it is stored in; `optional` unless told, and never for queries.
   */
  readonly idempotency?: "required" | "optional" | "none";
}

/** A route as data: what the edge serves, OpenAPI describes and the module graph lists. */
export interface Route
  extends RouteParts<unknown, TObject | undefined, TObject | undefined, TSchema | undefined> {
  readonly kind: "operation";
  readonly operation: AnyOperation;
}

/** Runs an operation of the module itself, as a request of its own with its own transaction and deadline. */
export type Execute = <Op extends AnyOperation>(operation: Op, input: InputOf<Op>) => Promise<OutputOf<Op>>;

/** A route that reads its body as it arrives, for uploads that do not fit in memory. */
export interface StreamRouteParts<Output extends TSchema> {
  readonly method: "POST" | "PUT";
  readonly path: `/${string}`;
  readonly auth: AuthPolicy;
  readonly summary: string;
  /** Content types taken, for example `application/x-ndjson`. */
  readonly consumes: readonly string[];
  /** Most bytes taken; more ends the request with 413. */
  readonly maxBytes: number;
  readonly output: Output;
  /** Whose declared errors it may answer with, for the document. */
  readonly errorsOf?: AnyOperation;
  readonly run: (request: {
    readonly body: AsyncIterable<Uint8Array>;
    readonly contentType: string;
    /** By lower-case name, as they came: not validated. */
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    readonly actor: Actor;
    readonly execute: Execute;
  }) => Promise<Static<Output>>;
}

export interface StreamRoute extends StreamRouteParts<TSchema> {
  readonly kind: "stream";
}

export type AnyRoute = Route | StreamRoute;
