import type { TObject, TSchema } from "../contract/index.ts";
import type { AuthPolicy, Module, ModuleGraph, Route, StreamRoute } from "../module/index.ts";
import { idempotencyRule } from "./idempotency-key.ts";
import type { ApiInfo } from "./limits.ts";
import { type DocumentedResponses, errorResponses, PROBLEM_SCHEMA, success } from "./openapi-responses.ts";
import { plainSchema } from "./openapi-schema.ts";

/** An OpenAPI 3.1 document, as plain JSON. */
export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: ApiInfo;
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: object;
  readonly tags: readonly { readonly name: string }[];
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly security: readonly object[];
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  readonly responses: DocumentedResponses;
}

/** Describes the HTTP interface of an app. A pure function of its module graph. */
export function openApi(
  app: { readonly name: string; readonly graph: Pick<ModuleGraph, "modules"> },
  info: ApiInfo = { title: app.name, version: "0.0.0" },
): OpenApiDocument {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  const ids = new Set<string>();
  for (const module of app.graph.modules) {
    for (const route of module.routes) {
      const described = route.kind === "stream" ? streamOperation(module, route) : operation(module, route);
      paths[route.path] ??= {};
      paths[route.path]![route.method.toLowerCase()] = {
        ...described,
        operationId: uniqueId(described.operationId, ids),
      };
    }
  }
  return {
    openapi: "3.1.0",
    info,
    tags: app.graph.modules.filter(({ routes }) => routes.length > 0).map(({ name }) => ({ name })),
    paths,
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
      schemas: { Problem: PROBLEM_SCHEMA },
    },
  };
}

function operation(module: Module, route: Route): OpenApiOperation {
  const rule = idempotencyRule(route);
  const input = [...parametersOf(route.params, "path"), ...parametersOf(route.query, "query")];
  const parameters = [...input, ...(rule === "none" ? [] : [idempotencyParameter(rule === "required")])];
  return {
    operationId: route.operation.id,
    tags: [module.name],
    summary: route.summary,
    security: security(route.auth),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: requestBody(["application/json"], route.body) }),
    responses: {
      ...success(route.status ?? 200, route.operation.output, rule !== "none"),
      ...errorResponses({
        auth: route.auth,
        takesInput: input.length > 0 || route.body !== undefined,
        takesBody: route.body !== undefined,
        readsJson: route.method !== "GET",
        key: rule,
        operation: route.operation,
      }),
    },
  };
}

function streamOperation(module: Module, route: StreamRoute): OpenApiOperation {
  const words = route.path.split("/").filter((part) => part !== "" && !part.startsWith("{"));
  return {
    operationId: [module.name, route.method.toLowerCase(), ...words].join("."),
    tags: [module.name],
    summary: route.summary,
    security: security(route.auth),
    requestBody: requestBody(route.consumes, null),
    responses: {
      ...success(200, route.output, false),
      ...errorResponses({
        auth: route.auth,
        takesInput: false,
        takesBody: true,
        readsJson: false,
        key: "none",
        operation: route.errorsOf ?? null,
      }),
    },
  };
}

function parametersOf(schema: TObject | undefined, place: "path" | "query"): object[] {
  const required = new Set((schema?.required as readonly string[] | undefined) ?? []);
  return Object.entries(schema?.properties ?? {}).map(([name, part]) => {
    const { description } = part as { description?: string };
    return {
      name,
      in: place,
      required: place === "path" || (required.has(name) && !("default" in part)),
      ...(description === undefined ? {} : { description }),
      schema: plainSchema(part),
    };
  });
}

function idempotencyParameter(required: boolean): object {
  return {
    name: "Idempotency-Key",
    in: "header",
    required,
    description:
      "Names this request. Repeated within a day with the same key, it takes effect once and gets the first answer.",
    schema: { type: "string", minLength: 1, maxLength: 255, pattern: "^[\\x21-\\x7e]+$" },
  };
}

/** A body without a schema is a stream, which is described by its media type alone. */
function requestBody(types: readonly string[], schema: TSchema | null): object {
  const content = schema === null ? {} : { schema: plainSchema(schema) };
  return { required: true, content: Object.fromEntries(types.map((type) => [type, content])) };
}

function security(auth: AuthPolicy): object[] {
  return auth.kind === "anyone" ? [] : [{ bearer: [] }];
}

/** Two routes may serve one operation, but ids are unique in a document. */
function uniqueId(wanted: string, taken: Set<string>): string {
  let id = wanted;
  for (let at = 2; taken.has(id); at++) id = `${wanted}.${at}`;
  taken.add(id);
  return id;
}
