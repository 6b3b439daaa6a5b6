import { billing, type ReconciliationDifference } from "../contract/index.ts";
import { handle } from "./definition.ts";
import { isDay } from "./reconciliation.ts";
import { seesAll } from "./viewer.ts";

const SHOWN = 1_000;

export const listReconciliationDifferences = handle(
  billing.listReconciliationDifferences,
  async ({ day }, { sql, actor, fail }) => {
    if (!seesAll(actor)) return fail("OPERATORS_ONLY");
    if (!isDay(day)) return { day, comparedAt: null, transactions: 0, differences: 0, items: [] };
    const [[reconciliation], items] = await Promise.all([
      sql<{ compared_at: Date; transactions: number; differences: number }>`
        select compared_at, transactions,
          (select count(*)::int from billing.reconciliation_differences where day = reconciliation.day) as differences
        from billing.reconciliations reconciliation where day = ${day}`,
      sql<ReconciliationDifference>`
        select kind, reference, order_id as "orderId", expected, found
        from billing.reconciliation_differences where day = ${day} order by position limit ${SHOWN}`,
    ]);
    return {
      day,
      comparedAt: reconciliation?.compared_at.toISOString() ?? null,
      transactions: reconciliation?.transactions ?? 0,
      differences: reconciliation?.differences ?? 0,
      items,
    };
  },
);
