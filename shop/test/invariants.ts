import pg from "pg";

/** Something that must never be so, found in the data. */
export interface BrokenInvariant {
  readonly invariant: string;
  /** The rows that break it: the first few, and how many there are. */
  readonly evidence: readonly Record<string, unknown>[];
  readonly count: number;
}

/**
 * What must hold at every moment, seen from outside of all transactions, whatever load or fault came before. Each is
 * a query over all schemas that returns the offending rows: none, as long as the shop keeps its promises.
 */
export const invariants: Readonly<Record<string, string>> = {
  "every order has exactly one invoice, its own, of the same amount": `
    select o.id as order_id, o.state, o.invoice_id, o.total_amount, count(i.id) as invoices
    from ordering.orders o
    left join billing.invoices i on i.order_id = o.id
    group by o.id
    having count(i.id) <> 1 or min(i.id::text) <> o.invoice_id::text or min(i.number) <> o.invoice_number
      or min(i.total_amount) <> o.total_amount or min(i.currency) <> o.currency
      or min(i.account_id::text) <> o.account_id::text`,

  "every invoice belongs to an order": `
    select i.id, i.number, i.order_id from billing.invoices i
    where not exists (select from ordering.orders o where o.id = i.order_id)`,

  "an order has come to its end exactly when its invoice is credited": `
    select o.id as order_id, o.state, n.number as credit_note
    from ordering.orders o
    join billing.invoices i on i.order_id = o.id
    left join billing.credit_notes n on n.invoice_id = i.id
    where (o.state in ('cancelled', 'expired', 'refunded')) <> (n.id is not null)`,

  "the lines of an order and of its invoice come to their totals": `
    select 'order' as document, o.id, o.total_amount, coalesce(sum(l.quantity * l.unit_amount), -1) as lines
    from ordering.orders o left join ordering.order_lines l on l.order_id = o.id
    group by o.id having o.total_amount <> coalesce(sum(l.quantity * l.unit_amount), -1)
    union all
    select 'invoice', i.id, i.total_amount, coalesce(sum(l.quantity * l.unit_amount), -1)
    from billing.invoices i left join billing.invoice_lines l on l.invoice_id = i.id
    group by i.id having i.total_amount <> coalesce(sum(l.quantity * l.unit_amount), -1)`,

  "numbers are without gap and the series stands at the last one": `
    select s.series, s.last_number, count(d.sequence) as documents, max(d.sequence) as highest
    from billing.number_series s
    left join (select 'invoice' as series, sequence from billing.invoices
      union all select 'credit_note', sequence from billing.credit_notes) d on d.series = s.series
    group by s.series
    having s.last_number <> count(distinct d.sequence) or s.last_number <> coalesce(max(d.sequence), 0)`,

  "debits equal credits per currency, in every entry and in all": `
    select entry_id::text, currency, sum(amount) as balance from billing.postings
    group by grouping sets ((entry_id, currency), (currency)) having sum(amount) <> 0`,

  "every invoice and credit note is booked once, with its amount": `
    select d.kind, d.id, d.amount, count(distinct e.id) as entries, sum(p.amount) as booked
    from (select 'invoice' as kind, id, total_amount as amount from billing.invoices
      union all
      select 'credit_note', n.id, -i.total_amount from billing.credit_notes n
      join billing.invoices i on i.id = n.invoice_id) d
    left join billing.journal_entries e on e.document_kind = d.kind and e.document_id = d.id
    left join billing.postings p on p.entry_id = e.id and p.account = 'receivable'
    group by d.kind, d.id, d.amount
    having count(distinct e.id) <> 1 or coalesce(sum(p.amount), 0) <> d.amount`,

  "nothing is booked for a document that does not exist": `
    select e.id, e.document_kind, e.document_id from billing.journal_entries e
    where not exists (select from billing.invoices where id = e.document_id)
      and not exists (select from billing.credit_notes where id = e.document_id)
      and not exists (select from billing.payments where id = e.document_id
        and (e.document_kind = 'payment' and captured_at is not null
          or e.document_kind = 'refund' and refunded_at is not null))`,

  "every capture and every refund is booked once, with its amount": `
    select d.kind, d.id, d.amount, count(distinct e.id) as entries, sum(p.amount) as booked
    from (select 'payment' as kind, id, amount from billing.payments where captured_at is not null
      union all
      select 'refund', id, -amount from billing.payments where refunded_at is not null) d
    left join billing.journal_entries e on e.document_kind = d.kind and e.document_id = d.id
    left join billing.postings p on p.entry_id = e.id and p.account = 'provider_clearing'
    group by d.kind, d.id, d.amount
    having count(distinct e.id) <> 1 or coalesce(sum(p.amount), 0) <> d.amount`,

  "a paid order has one captured payment, of its amount, and one that has come to its end has none": `
    select o.id as order_id, o.state, o.total_amount, count(p.id) as captured, sum(p.amount) as amount
    from ordering.orders o
    left join billing.payments p on p.state = 'captured'
      and p.invoice_id = (select id from billing.invoices where order_id = o.id)
    group by o.id
    having o.state = 'paid' and (count(p.id) <> 1 or sum(p.amount) <> o.total_amount)
      or o.state in ('cancelled', 'expired', 'refunded') and count(p.id) <> 0`,

  "a placed order whose payment is captured is about to hear of it": `
    select o.id as order_id, p.id as payment_id
    from ordering.orders o
    join billing.invoices i on i.order_id = o.id
    join billing.payments p on p.invoice_id = i.id and p.state = 'captured'
    where o.state = 'placed'
      and not exists (select from billing._outbox where event = 'billing.paymentCaptured' and key = o.id::text)
      and not exists (select from ordering._jobs
        where kind = 'on.markOrderPaid' and payload ->> 'key' = o.id::text)
      and not exists (select from ordering._dead_jobs
        where kind = 'on.markOrderPaid' and payload ->> 'key' = o.id::text)`,

  "the money of a refunded order has come once and gone once": `
    select o.id as order_id, count(p.id) as refunded, sum(p.amount) as amount
    from ordering.orders o
    left join billing.payments p on p.state = 'refunded'
      and p.invoice_id = (select id from billing.invoices where order_id = o.id)
    where o.state = 'refunded'
    group by o.id
    having count(p.id) <> 1 or sum(p.amount) <> o.total_amount`,

  "every payment that is under way has a job that goes on with it": `
    select p.id as payment_id, p.state
    from billing.payments p
    where p.state in ('pending', 'refund_due')
      and not exists (select from (select kind, payload from billing._jobs
          union all select kind, payload from billing._dead_jobs) j
        where j.kind = case p.state when 'pending' then 'capturePayment' else 'refundPayment' end
          and j.payload ->> 'paymentId' = p.id::text)`,

  "stock is never negative, and what is reserved is what the reservations say": `
    select s.sku, s.on_hand, s.reserved, coalesce(sum(r.quantity), 0) as reservations
    from catalog.stock s left join catalog.reservations r on r.sku = s.sku
    group by s.sku
    having s.on_hand < 0 or s.reserved < 0 or s.reserved > s.on_hand
      or s.reserved <> coalesce(sum(r.quantity), 0)`,

  "a placed or paid order holds the stock of its lines, and nothing else holds any": `
    select coalesce(l.order_id, r.order_id) as order_id, coalesce(l.sku, r.sku) as sku,
      l.quantity as ordered, r.quantity as reserved
    from (select l.order_id::text, l.sku, sum(l.quantity) as quantity
      from ordering.order_lines l join ordering.orders o on o.id = l.order_id and o.state in ('placed', 'paid')
      group by l.order_id, l.sku) l
    full join catalog.reservations r on r.order_id = l.order_id and r.sku = l.sku
    where l.quantity is distinct from r.quantity`,

  "every idempotency key of an order has one effect: the order that its answer names": `
    select k.key, k.actor, k.status, k.body::jsonb ->> 'id' as order_id
    from ordering._idempotency k
    where k.operation = 'ordering.placeOrder'
      and (k.status is distinct from 201
        or not exists (select from ordering.orders o
          where o.id::text = k.body::jsonb ->> 'id' and 'account:' || o.account_id = k.actor))
    union all
    select min(k.key), min(k.actor), count(*)::smallint, k.body::jsonb ->> 'id'
    from ordering._idempotency k where k.operation = 'ordering.placeOrder'
    group by k.body::jsonb ->> 'id' having count(*) > 1`,

  "what happened to an order was told, each once": `
    select o.id as order_id, o.state, h.event, h.is_so, count(e.id) as told
    from ordering.orders o
    cross join lateral (values
      ('ordering.orderPlaced', true),
      ('ordering.orderPaid', o.paid_at is not null),
      ('ordering.orderCancelled', o.cancelled_at is not null),
      ('ordering.orderExpired', o.expired_at is not null),
      ('ordering.orderRefunded', o.refunded_at is not null)) h (event, is_so)
    left join (select id, event, key from ordering._outbox union all select id, event, key from ordering._events) e
      on e.event = h.event and e.key = o.id::text
    group by o.id, o.state, h.event, h.is_so
    having count(e.id) <> h.is_so::int`,

  "every event was taken in by each of its subscribers, or waits for that, or is a dead letter": `
    select e.publisher, e.id, e.event, e.key, s.subscriber, s.name
    from (${each((module) => `select '${module}' as publisher, id, event, key from ${module}._events`)}) e
    join (${each((module) => `select '${module}' as subscriber, name, publisher, event from ${module}._subscriptions`)}) s
      on s.publisher = e.publisher and s.event = e.event
    where not exists (select from (${each(
      (module) =>
        `select '${module}' as subscriber, subscriber as name, publisher, event_id from ${module}._inbox`,
    )}) i where i.subscriber = s.subscriber and i.name = s.name and i.publisher = e.publisher and i.event_id = e.id)
      and not exists (select from (${each(
        (module) => `select '${module}' as subscriber, kind, payload from ${module}._jobs
          union all select '${module}', kind, payload from ${module}._dead_jobs`,
      )}) d where d.subscriber = s.subscriber and d.kind = 'on.' || s.name
        and d.payload ->> 'publisher' = e.publisher and (d.payload ->> 'id')::bigint = e.id)`,

  "nothing is a dead letter": `${each(
    (module) => `select '${module}' as module, id, kind, payload, errors from ${module}._dead_jobs`,
  )}`,
};

/** One query over the tables that every module has. */
function each(query: (module: string) => string): string {
  return ["identity", "catalog", "billing", "ordering"].map(query).join(" union all ");
}

const SHOWN = 5;

/** Checks all invariants at one moment; `databaseUrl` is that of an administrator. */
export async function brokenInvariants(databaseUrl: string): Promise<BrokenInvariant[]> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: "invariants" });
  await client.connect();
  try {
    // One snapshot for all queries: an order that is placed in between must not look like half an order.
    await client.query("begin isolation level repeatable read read only");
    const broken: BrokenInvariant[] = [];
    for (const [invariant, query] of Object.entries(invariants)) {
      const { rows } = await client.query(query);
      if (rows.length > 0) broken.push({ invariant, evidence: rows.slice(0, SHOWN), count: rows.length });
    }
    await client.query("commit");
    return broken;
  } finally {
    await client.end();
  }
}

/** A promise that was given to a client. */
export interface Acknowledged {
  readonly key: string;
  readonly orderId: string;
}

/**
 * Finds what was promised and is not so: every acknowledged key must have exactly the order that was answered, also
 * when the same key was sent several times.
 */
export async function brokenPromises(
  databaseUrl: string,
  acknowledged: readonly Acknowledged[],
): Promise<BrokenInvariant[]> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: "invariants" });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select a.key, a.order_id, o.id as stored, k.body::jsonb ->> 'id' as answered
       from unnest($1::text[], $2::text[]) as a (key, order_id)
       left join ordering.orders o on o.id::text = a.order_id
       left join ordering._idempotency k on k.key = a.key and k.operation = 'ordering.placeOrder'
       where o.id is null or k.body::jsonb ->> 'id' is distinct from a.order_id`,
      [acknowledged.map(({ key }) => key), acknowledged.map(({ orderId }) => orderId)],
    );
    return rows.length === 0
      ? []
      : [
          {
            invariant: "every acknowledged order exists, once",
            evidence: rows.slice(0, SHOWN),
            count: rows.length,
          },
        ];
  } finally {
    await client.end();
  }
}
