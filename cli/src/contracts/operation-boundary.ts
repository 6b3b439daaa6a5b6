import type { JsonSchema } from "ashlar/module";
import type { ModuleBaseline, OperationBaseline } from "./baseline.ts";
import type { Direction, Severity } from "./change-rules.ts";
import { atPlace, type ChangePlace, type ContractChange, contractChange } from "./contract-change.ts";
import type { Reader } from "./schema-difference.ts";
import { ownRoot, type SchemaChange, schemaChanges } from "./schema-difference.ts";

/**
 * Operations as other modules call them. Those that are deployed together were compiled together, so a break is a
 * note; of a remote module it counts. What clients see of an operation is in the OpenAPI document.
 */
export function operationChanges(
  old: ModuleBaseline,
  new_: ModuleBaseline | undefined,
): readonly ContractChange[] {
  const isRemote = old.remote === true;
  const soften = (change: ContractChange): ContractChange =>
    isRemote || change.id === "transaction-changed"
      ? change
      : { ...change, severity: softer(change.severity) };
  const place = (name: string, part: string): ChangePlace => ({
    boundary: isRemote ? "remote" : "in process",
    module: old.module,
    where: `${old.module}.${name}`,
    part,
  });
  const changes: ContractChange[] = [];
  for (const [name, was] of Object.entries(old.operations)) {
    const is = new_?.operations[name];
    if (is === undefined) {
      changes.push(soften(contractChange(place(name, ""), "operation-removed", "the operation was removed")));
      continue;
    }
    changes.push(
      ...atPlace(place(name, "input"), compared(was.input, is.input, "request")).map(soften),
      ...atPlace(place(name, "output"), compared(was.output, is.output, "response")).map(soften),
      ...errorChanges(was, is, (code) => place(name, `error ${code}`)).map(soften),
    );
    if (was.transaction !== is.transaction) {
      changes.push(
        contractChange(
          place(name, ""),
          "transaction-changed",
          `its transaction was ${was.transaction} and is ${is.transaction} now: see that no caller counts on standing or falling with it`,
        ),
      );
    }
  }
  for (const name of Object.keys(new_?.operations ?? {})) {
    if (!(name in old.operations)) {
      changes.push(contractChange(place(name, ""), "operation-added", "the operation was added"));
    }
  }
  return changes;
}

/** Two schemas of contracts, each with its own definitions. */
export function compared(
  old: JsonSchema,
  new_: JsonSchema,
  direction: Direction,
  reader: Reader = "tolerant",
): readonly SchemaChange[] {
  return schemaChanges(old, new_, { old: ownRoot(old), new: ownRoot(new_), direction, reader });
}

function errorChanges(
  was: OperationBaseline,
  is: OperationBaseline,
  placeOf: (code: string) => ChangePlace,
): readonly ContractChange[] {
  const changes: ContractChange[] = [];
  for (const [code, before] of Object.entries(was.errors)) {
    const after = is.errors[code];
    if (after === undefined) {
      changes.push(contractChange(placeOf(code), "error-code-changed", "the error is not declared any more"));
      continue;
    }
    if (before.kind !== after.kind) {
      changes.push(
        contractChange(
          placeOf(code),
          "error-code-changed",
          `its kind was ${before.kind} and is ${after.kind} now`,
        ),
      );
    }
    if (before.commits !== after.commits) {
      changes.push(
        contractChange(
          placeOf(code),
          "transaction-changed",
          after.commits
            ? "what was written before it is committed now"
            : "what was written before it is rolled back now",
        ),
      );
    }
    changes.push(...atPlace(placeOf(code), compared(before.data, after.data, "response")));
  }
  for (const code of Object.keys(is.errors)) {
    if (!(code in was.errors)) {
      changes.push(
        contractChange(placeOf(code), "error-code-added", "the error was added; callers may not know it"),
      );
    }
  }
  return changes;
}

function softer(severity: Severity): Severity {
  return severity === "ok" ? "ok" : "note";
}
