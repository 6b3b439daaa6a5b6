-- Failed sign-ins by e-mail address, of unknown addresses too. The address is kept as a digest: people type their
-- password into the wrong field.
create table identity.sign_in_attempts (
  address_digest bytea primary key,
  failures integer not null,
  blocked_until timestamptz,
  -- From then on the row means nothing and may be deleted.
  forget_at timestamptz not null
);
create index sign_in_attempts_forget_at_idx on identity.sign_in_attempts (forget_at);
