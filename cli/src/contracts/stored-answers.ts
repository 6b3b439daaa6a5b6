import { type ApiChange, ApiChanges } from "./api-change.ts";
import type { ChangeId } from "./change-rules.ts";
import type { OpenApiDescription } from "./openapi-file.ts";
import { schemaChanges } from "./schema-difference.ts";
import { isObject, type SchemaNode, type SchemaObject } from "./schema-node.ts";

/** A reader ignores what it does not know, so an old answer with more in it is none the worse. */
const HARMLESS: ReadonlySet<ChangeId> = new Set(["closed-property-removed", "additional-properties-closed"]);

/**
 * Answers that are stored under idempotency keys are given again for a day, also by the new release. A client that
 * was built for the new one may get such an old answer; so what is promised anew is not true yet.
 */
export function storedAnswerChanges(old: OpenApiDescription, new_: OpenApiDescription): readonly ApiChange[] {
  const result: ApiChange[] = [];
  for (const [path, item] of Object.entries(sectionOf(old.document.paths))) {
    for (const [method, operation] of Object.entries(sectionOf(item))) {
      const now = sectionOf(sectionOf(sectionOf(new_.document.paths)[path])[method]);
      if (!isObject(operation) || !takesKey(operation) || !takesKey(now)) continue;
      const changes = new ApiChanges(`${method.toUpperCase()} ${path}`);
      for (const [status, response] of Object.entries(sectionOf(operation.responses))) {
        const was = answerOf(response);
        const is = answerOf(sectionOf(now.responses)[status]);
        if (!status.startsWith("2") || was === null || is === null) continue;
        const found = schemaChanges(was, is, { old, new: new_, direction: "request", reader: "tolerant" });
        changes.addSchema(
          `stored answer ${status}`,
          found
            .filter(({ id, severity }) => severity === "error" && !HARMLESS.has(id))
            .map((change) => ({
              ...change,
              severity: "warning",
              text: `${change.text}; answers stored before the deploy are given again for a day and are not so`,
            })),
        );
      }
      result.push(...changes.list);
    }
  }
  return result;
}

function takesKey(operation: SchemaObject): boolean {
  return (
    Array.isArray(operation.parameters) &&
    operation.parameters.some((each) => isObject(each) && each.name === "Idempotency-Key")
  );
}

function answerOf(response: unknown): SchemaNode | null {
  const schema = sectionOf(sectionOf(sectionOf(response).content)["application/json"]).schema;
  return schema === undefined ? null : (schema as SchemaNode);
}

function sectionOf(value: unknown): SchemaObject {
  return isObject(value) ? value : {};
}
