-- The attempts to pay an invoice. What a state means and which follows which is said in src/payment.ts; every change
-- of a payment is made under the lock of its invoice's row.
create table billing.payments (
  id uuid primary key,
  invoice_id uuid not null references billing.invoices (id),
  state text not null
    check (state in ('pending', 'captured', 'declined', 'cancelled', 'refund_due', 'refunded')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount bigint not null check (amount >= 0),
  -- The provider's token, for as long as the card may have to be charged.
  card text check (card is null or state = 'pending'),
  -- What the provider calls the capture and the refund; an invoice of nothing is paid without it.
  capture_id text,
  refund_id text,
  decline_reason text,
  created_at timestamptz not null,
  captured_at timestamptz,
  declined_at timestamptz,
  refunded_at timestamptz,
  check ((captured_at is not null) = (state in ('captured', 'refund_due', 'refunded'))),
  check ((refunded_at is not null) = (state = 'refunded')),
  check (declined_at is null or decline_reason is not null)
);

-- One payment at a time, and none of a paid invoice; payInvoice finds the other one by it.
create unique index payments_current on billing.payments (invoice_id) where state in ('pending', 'captured');
create index payments_invoice on billing.payments (invoice_id);

-- What the nightly comparison looks for: the payments of a day, and those that are not settled.
create index payments_captured_at on billing.payments (captured_at) where captured_at is not null;
create index payments_refunded_at on billing.payments (refunded_at) where refunded_at is not null;
create index payments_unsettled on billing.payments (created_at) where state in ('pending', 'refund_due');
create index credit_notes_issued_at on billing.credit_notes (issued_at);
create index journal_entries_payments on billing.journal_entries (booked_at)
  where document_kind in ('payment', 'refund');

-- Notices of the provider that were taken: a second one with the same id changes nothing. The nightly comparison
-- deletes old ones.
create table billing.payment_notices (
  id text primary key,
  payment_id uuid not null references billing.payments (id),
  kind text not null,
  received_at timestamptz not null
);
create index payment_notices_received_at on billing.payment_notices (received_at);

-- A payment's entry has its id, and so has its refund's: the unique document is what books each of them once.
alter table billing.journal_entries
  drop constraint journal_entries_document_kind_check,
  add constraint journal_entries_document_kind_check
    check (document_kind in ('invoice', 'credit_note', 'payment', 'refund'));
alter table billing.postings
  drop constraint postings_account_check,
  add constraint postings_account_check check (account in ('receivable', 'revenue', 'provider_clearing'));
