import assert from "node:assert/strict";
import { type TSchema, validator } from "ashlar/contract";
import type { Reply } from "./shop-client.ts";

interface Media {
  readonly schema: TSchema;
}

interface ServedResponse {
  readonly content?: Readonly<Record<string, Media>>;
}

export interface ServedDocument {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, ServedResponse>> }>>>
  >;
}

/** The answers that an OpenAPI document promises beside the `default` ones, and whether an answer keeps them. */
export class DocumentedAnswers {
  readonly #document: ServedDocument;
  readonly #responses = new Map<string, ServedResponse>();

  constructor(document: ServedDocument) {
    this.#document = document;
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, { responses }] of Object.entries(operations)) {
        for (const [status, response] of Object.entries(responses)) {
          if (status === "default") continue;
          this.#responses.set(`${method.toUpperCase()} ${path} ${status}`, this.#inlined(response));
        }
      }
    }
  }

  /** "METHOD PATH STATUS", and a problem's code behind it. */
  list(): string[] {
    return [...this.#responses].flatMap(([name, { content }]) => {
      const problem = content?.["application/problem+json"]?.schema;
      return problem === undefined ? [name] : codesOf(problem).map((code) => `${name} ${code}`);
    });
  }

  /** Asserts that the route may answer so, and tells the name under which it is documented. */
  check(route: string, { status, headers, body }: Reply): string {
    const name = `${route} ${status}`;
    const response = this.#responses.get(name);
    assert.ok(response, `${name} is not documented: ${JSON.stringify(body)}`);
    const type = headers["content-type"]?.toString().split(";")[0];
    if (response.content === undefined) {
      assert.deepEqual([type, body], [undefined, null]);
      return name;
    }
    const media = response.content[type ?? ""];
    assert.ok(media, `${name} comes as ${type}, and is documented as ${Object.keys(response.content)}`);
    const check = validator(media.schema);
    assert.ok(check.accepts(body), JSON.stringify({ name, body, violations: check.violations(body) }));
    return type === "application/problem+json" ? `${name} ${body.code}` : name;
  }

  /** The same with each reference replaced by what it stands for. */
  #inlined<Part>(part: Part): Part {
    if (typeof part !== "object" || part === null) return part;
    if (Array.isArray(part)) return part.map((one) => this.#inlined(one)) as Part;
    const { $ref } = part as { $ref?: string };
    if ($ref !== undefined) return this.#inlined(this.#find($ref)) as Part;
    return Object.fromEntries(
      Object.entries(part).map(([name, value]) => [name, this.#inlined(value)]),
    ) as Part;
  }

  #find(reference: string): unknown {
    const names = reference.replace(/^#\//, "").split("/");
    return names.reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], this.#document);
  }
}

/** Problems of one status are one schema, or one of several; each holds its code as a constant. */
function codesOf(schema: TSchema): string[] {
  const { oneOf, allOf, properties } = schema as {
    oneOf?: TSchema[];
    allOf?: TSchema[];
    properties?: { code?: { const?: string } };
  };
  const code = properties?.code?.const;
  return [...(oneOf ?? []), ...(allOf ?? [])].flatMap(codesOf).concat(code === undefined ? [] : [code]);
}
