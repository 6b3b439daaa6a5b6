export const workers = `
-- The processes that work on jobs. A row whose seen_at is older than the lease is a process that is gone or hangs;
-- its jobs are given to others and the row is deleted, so that the process, should it wake, finds itself expelled.
create table workers (
  id integer generated always as identity primary key,
  host text not null,
  pid integer not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  -- Whether it hears notifications, and so has to be sent them while it has nothing to do.
  is_sleeping boolean not null default true,
  -- What it need not be notified of: it has more of that than it can do, and will look again by itself.
  busy text[] not null default '{}',
  -- Whether a session of it holds the advisory lock on its id: when that can be taken, the process is gone.
  holds_lock boolean not null default false
) with (fillfactor = 50);
`;
