import type { Check } from "../check.ts";
import { clock } from "./clock.ts";
import { encryption } from "./encryption.ts";
import { foreignKeyIndexes } from "./foreign-key-indexes.ts";
import { grants, memberships } from "./grants.ts";
import { duplicateIndexes, invalidIndexes } from "./indexes.ts";
import { hardening, layout } from "./layout.ts";
import { longTransactions } from "./long-transactions.ts";
import { migrations } from "./migrations.ts";
import { modules, schemas } from "./modules.ts";
import { nodePinned, nodeVersion, npmVersion, passwordThreads } from "./node.ts";
import { poolBudget } from "./pool-budget.ts";
import { pooler } from "./pooler.ts";
import { postgresVersion } from "./postgres-version.ts";
import { primaryKeys } from "./primary-keys.ts";
import { replicationSlots } from "./replication-slots.ts";
import { sequences } from "./sequences.ts";
import {
  autovacuum,
  durability,
  ioTiming,
  memory,
  passwordEncryption,
  statementStatistics,
  timeZone,
  walLevel,
} from "./server-settings.ts";
import { sessionDefaults } from "./session-defaults.ts";
import { timeOuts } from "./time-outs.ts";
import { transactionIds } from "./transaction-ids.ts";
import { walls } from "./walls.ts";

/** In the order in which they are made, and told within one severity. */
export const checks: readonly Check[] = [
  nodeVersion,
  nodePinned,
  npmVersion,
  passwordThreads,
  postgresVersion,
  durability,
  autovacuum,
  encryption,
  passwordEncryption,
  clock,
  pooler,
  walLevel,
  statementStatistics,
  ioTiming,
  memory,
  timeZone,
  transactionIds,
  replicationSlots,
  longTransactions,
  invalidIndexes,
  foreignKeyIndexes,
  duplicateIndexes,
  primaryKeys,
  sequences,
  modules,
  layout,
  memberships,
  grants,
  schemas,
  hardening,
  walls,
  migrations,
  sessionDefaults,
  poolBudget,
  timeOuts,
];
