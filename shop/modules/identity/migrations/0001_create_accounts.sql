-- `email` is the address as its owner wrote it, `email_key` the form in which it is compared: made by the
-- application, so that it does not depend on the locale of the server.
create table identity.accounts (
  id uuid primary key,
  email text not null,
  email_key text not null unique,
  password_hash text not null,
  roles text[] not null check (roles <@ array['customer', 'operator']),
  created_at timestamptz not null
);

-- A session ends by deletion, by idleness (last_used_at) or at expires_at. Only the digest of its token is known.
create table identity.sessions (
  id uuid primary key,
  account_id uuid not null references identity.accounts,
  token_digest bytea not null unique,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null
);
create index sessions_account_id_idx on identity.sessions (account_id);

create table identity.api_keys (
  id uuid primary key,
  account_id uuid not null references identity.accounts,
  name text not null,
  prefix text not null,
  key_digest bytea not null unique,
  scopes text[] not null check (cardinality(scopes) > 0),
  created_at timestamptz not null,
  expires_at timestamptz
);
create index api_keys_account_id_idx on identity.api_keys (account_id);
