-- The last number given out in each series of documents. The row is the queue of a series: whoever takes a number
-- holds its lock until the transaction ends, so a rollback gives the number back and no gap can arise.
-- It is updated by every invoice; the free space keeps those updates on its own page (HOT).
create table billing.number_series (
  series text primary key check (series in ('invoice', 'credit_note')),
  last_number bigint not null default 0 check (last_number >= 0)
) with (fillfactor = 10);

insert into billing.number_series (series) values ('invoice'), ('credit_note');

-- An invoice is never changed: cancelling one is a credit note, and its state follows from that.
create table billing.invoices (
  id uuid primary key,
  sequence bigint not null unique check (sequence > 0),
  -- As printed. At least six digits, and more when they are needed.
  number text not null
    generated always as ('INV-' || lpad(sequence::text, greatest(6, length(sequence::text)), '0')) stored,
  order_id uuid not null,
  account_id uuid not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- Integer minor units (cents for USD), as every amount below.
  total_amount bigint not null check (total_amount >= 0),
  issued_at timestamptz not null,
  -- One invoice an order; issueInvoice relies on it under concurrency.
  constraint invoices_order_id_key unique (order_id)
);

create table billing.invoice_lines (
  invoice_id uuid not null references billing.invoices (id),
  position integer not null check (position > 0),
  description text not null,
  quantity integer not null check (quantity > 0),
  unit_amount bigint not null check (unit_amount >= 0),
  primary key (invoice_id, position)
);

create table billing.credit_notes (
  id uuid primary key,
  sequence bigint not null unique check (sequence > 0),
  number text not null
    generated always as ('CRN-' || lpad(sequence::text, greatest(6, length(sequence::text)), '0')) stored,
  invoice_id uuid not null references billing.invoices (id),
  issued_at timestamptz not null,
  -- One credit note an invoice; creditInvoice relies on it under concurrency.
  constraint credit_notes_invoice_id_key unique (invoice_id)
);

-- The journal: what was booked, and for which document.
create table billing.journal_entries (
  id uuid primary key,
  document_kind text not null check (document_kind in ('invoice', 'credit_note')),
  document_id uuid not null,
  booked_at timestamptz not null,
  unique (document_kind, document_id)
);

-- Double entry: debits are positive, credits negative, and the postings of an entry add up to zero per currency.
create table billing.postings (
  entry_id uuid not null references billing.journal_entries (id),
  position integer not null check (position > 0),
  account text not null check (account in ('receivable', 'revenue')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount bigint not null check (amount <> 0),
  primary key (entry_id, position)
);
