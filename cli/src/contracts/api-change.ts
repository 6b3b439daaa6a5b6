import { CHANGE_RULES, type ChangeId, type Direction, type Severity, severityOf } from "./change-rules.ts";
import type { SchemaChange } from "./schema-difference.ts";

/** One change of an HTTP interface. */
export interface ApiChange {
  readonly id: ChangeId;
  /** Number in the table of rules; null for what follows from one. */
  readonly rule: number | null;
  readonly severity: Severity;
  /** `GET /v1/products`, or `components/schemas/Product` for what several operations share. */
  readonly where: string;
  /** `query parameter limit`, `request body application/json`, `response 200 application/json`. */
  readonly part: string;
  /** Place in the value; `*` in it is any item or any key. */
  readonly pointer: string;
  readonly text: string;
  /** Of what is shared: the operations that lead to it. */
  readonly usedBy: readonly string[];
}

/** Collects the changes of one place. */
export class ApiChanges {
  readonly where: string;
  readonly list: ApiChange[] = [];

  constructor(where: string) {
    this.where = where;
  }

  add(id: ChangeId, direction: Direction, part: string, text: string, severity?: Severity): void {
    this.list.push({
      id,
      rule: CHANGE_RULES[id].rule,
      severity: severity ?? severityOf(id, direction),
      where: this.where,
      part,
      pointer: "",
      text,
      usedBy: [],
    });
  }

  addSchema(part: string, changes: readonly SchemaChange[]): void {
    for (const { id, severity, pointer, text } of changes) {
      this.list.push({
        id,
        rule: CHANGE_RULES[id].rule,
        severity,
        where: this.where,
        part,
        pointer,
        text,
        usedBy: [],
      });
    }
  }
}
