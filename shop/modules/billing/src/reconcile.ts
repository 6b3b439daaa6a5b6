import type { Sql } from "ashlar/module";
import type { ReconciliationDifference } from "../contract/index.ts";
import { perform, schedule } from "./definition.ts";
import { reconcile } from "./jobs.ts";
import { isPaymentId } from "./payment-rows.ts";
import {
  boundsOf,
  type ComparedPayment,
  dayAfter,
  dayOf,
  differencesOf,
  isDay,
  type ProviderDays,
  type StrayEntry,
} from "./reconciliation.ts";

/** A notice is repeated for days, not for weeks; and one that comes later still changes nothing that is known. */
const NOTICES_KEPT_DAYS = 30;

export const reconcileNightly = schedule("reconcileNightly", {
  cron: "0 3 * * *",
  timeZone: "UTC",
  // A night that was missed is a day that nobody would look at otherwise.
  catchUp: "all",
  job: reconcile,
  payload: {},
});

/** Compares a day as it stands now; again at any time, which replaces what was found before. */
export const performReconcile = perform(reconcile, async (payload, context) => {
  const { sql, ports, transaction, job, signal, now, log } = context;
  const day = payload.day ?? dayAfter(dayOf(job.scheduledFor ?? now()), -1);
  if (!isDay(day)) return job.giveUp(`There is no ${day}.`);
  const [before, ofDay, after] = await Promise.all(
    [dayAfter(day, -1), day, dayAfter(day, 1)].map((each) => ports.payments.listTransactions(each, signal)),
  );
  const provider: ProviderDays = { ofDay: ofDay!, around: [...before!, ...ofDay!, ...after!] };
  const differences = await transaction(async () => {
    const payments = await comparedPayments(sql, day, provider);
    const found = differencesOf(provider, payments, await strayEntries(sql, day));
    await save(sql, day, now(), provider.ofDay.length, found);
    await sql`
      delete from billing.payment_notices
      where received_at < ${new Date(now().getTime() - NOTICES_KEPT_DAYS * 86_400_000)}`;
    return found;
  });
  if (differences.length > 0) {
    log.warn({ day, differences: differences.length }, "provider, payments and ledger do not agree");
  }
  return { day, transactions: provider.ofDay.length, differences: differences.length };
});

async function comparedPayments(sql: Sql, day: string, provider: ProviderDays): Promise<ComparedPayment[]> {
  const { from, to } = boundsOf(day);
  const named = provider.ofDay.map(({ reference }) => reference).filter(isPaymentId);
  // One part for each reason to look at a payment, each by an index of its own.
  const rows = await sql<ComparedPayment>`
    with concerned as (
      select id from billing.payments where id = any (${named}::uuid[])
      union select id from billing.payments where captured_at >= ${from} and captured_at < ${to}
      union select id from billing.payments where refunded_at >= ${from} and refunded_at < ${to}
      union select id from billing.payments where state in ('pending', 'refund_due') and created_at < ${to}
      union select payment.id from billing.credit_notes credit_note
        join billing.payments payment on payment.invoice_id = credit_note.invoice_id
        where credit_note.issued_at >= ${from} and credit_note.issued_at < ${to}
      union select document_id from billing.journal_entries
        where document_kind in ('payment', 'refund') and booked_at >= ${from} and booked_at < ${to}
    ), booked as (
      select entry.document_id, entry.document_kind,
        coalesce(sum(posting.amount) filter (where posting.account = 'provider_clearing'), 0)::bigint as amount
      from billing.journal_entries entry
      join concerned on concerned.id = entry.document_id
      left join billing.postings posting on posting.entry_id = entry.id
      where entry.document_kind in ('payment', 'refund')
      group by entry.document_id, entry.document_kind
    )
    select payment.id, invoice.order_id as "orderId", payment.state, payment.currency, payment.amount,
      exists (select from billing.credit_notes where invoice_id = invoice.id) as "isCredited",
      payment.created_at < ${to} as "isOfBefore",
      coalesce(payment.captured_at >= ${from} and payment.captured_at < ${to}, false) as "isCapturedOnDay",
      coalesce(payment.refunded_at >= ${from} and payment.refunded_at < ${to}, false) as "isRefundedOnDay",
      (select amount from booked where document_id = payment.id and document_kind = 'payment') as "bookedPayment",
      (select amount from booked where document_id = payment.id and document_kind = 'refund') as "bookedRefund"
    from concerned
    join billing.payments payment on payment.id = concerned.id
    join billing.invoices invoice on invoice.id = payment.invoice_id
    order by payment.id`;
  return rows;
}

async function strayEntries(sql: Sql, day: string): Promise<StrayEntry[]> {
  const { from, to } = boundsOf(day);
  return sql<StrayEntry>`
    select document_id as "documentId", document_kind as kind from billing.journal_entries entry
    where document_kind in ('payment', 'refund') and booked_at >= ${from} and booked_at < ${to}
      and not exists (select from billing.payments where id = entry.document_id)
    order by document_id, document_kind`;
}

async function save(
  sql: Sql,
  day: string,
  comparedAt: Date,
  transactions: number,
  differences: readonly ReconciliationDifference[],
): Promise<void> {
  // The day's row first: its lock lets two comparisons of one day write one after the other.
  await sql`
    insert into billing.reconciliations (day, compared_at, transactions)
    values (${day}, ${comparedAt}, ${transactions})
    on conflict (day) do update
    set compared_at = excluded.compared_at, transactions = excluded.transactions`;
  await sql`delete from billing.reconciliation_differences where day = ${day}`;
  await sql`
    insert into billing.reconciliation_differences (day, position, kind, reference, order_id, expected, found)
    select ${day}, position, kind, reference, order_id, expected, found
    from unnest(
      ${differences.map(({ kind }) => kind)}::text[],
      ${differences.map(({ reference }) => reference)}::text[],
      ${differences.map(({ orderId }) => orderId)}::uuid[],
      ${differences.map(({ expected }) => expected)}::text[],
      ${differences.map(({ found }) => found)}::text[]
    ) with ordinality as difference (kind, reference, order_id, expected, found, position)`;
}
