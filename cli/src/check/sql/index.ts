export { loadSqlParser } from "../../sql/parse.ts";
export { migrationFactsOf } from "./migration-facts.ts";
export { migrationViolations } from "./migration-violations.ts";
export { mightHoldSql, sqlFactsOf } from "./source-facts.ts";
export { sqlViolations } from "./source-rules.ts";
