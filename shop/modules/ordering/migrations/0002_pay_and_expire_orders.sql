-- An order waits for its payment until expires_at. Orders from before have none: nobody told their buyers of a limit.
alter table ordering.orders
  add column expires_at timestamptz,
  add column paid_at timestamptz,
  add column expired_at timestamptz,
  add column refunded_at timestamptz,
  drop constraint orders_state_check,
  drop constraint orders_check,
  add constraint orders_state_check check (state in ('placed', 'paid', 'cancelled', 'expired', 'refunded')),
  -- The times say what happened; the state is the last of it. One that was paid may be cancelled later, and money may
  -- come and go after a cancellation.
  add constraint orders_times_check check (
    case state
      when 'placed' then paid_at is null and cancelled_at is null and expired_at is null and refunded_at is null
      when 'paid' then paid_at is not null and cancelled_at is null and expired_at is null and refunded_at is null
      when 'cancelled' then cancelled_at is not null and expired_at is null and refunded_at is null
      when 'expired' then paid_at is null and cancelled_at is null and expired_at is not null and refunded_at is null
      when 'refunded' then cancelled_at is not null and expired_at is null and refunded_at is not null
    end
  );

-- Those that may have to expire, the most overdue first.
create index orders_expires_at_id on ordering.orders (expires_at, id) where state = 'placed';

-- Which mails were written to a buyer, so that an event that is delivered again does not write another.
create table ordering.order_mails (
  order_id uuid not null references ordering.orders (id),
  occasion text not null check (occasion in ('placed', 'paid', 'cancelled', 'expired', 'refunded')),
  written_at timestamptz not null,
  primary key (order_id, occasion)
);
