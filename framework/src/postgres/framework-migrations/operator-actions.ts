export const operatorActions = `
-- What operators did in the console, written before it is begun. Kept for ever. While an action is under way, the
-- instance that does it renews seen_at; one that is neither renewed nor finished was cut off, and nobody knows how far
-- it got.
create table operator_actions (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text collate "C" not null,
  action text collate "C" not null,
  -- That it is known to concern; none when it is of the whole app.
  modules text[] collate "C" not null,
  reason text not null,
  input jsonb not null,
  done bigint not null default 0,
  seen_at timestamptz not null default now(),
  count bigint,
  is_at_least boolean,
  summary text,
  error text,
  finished_at timestamptz
) with (fillfactor = 70);
create index operator_actions_actor on operator_actions (actor, id);
create index operator_actions_action on operator_actions (action, id);
create index operator_actions_at on operator_actions (at);

-- Whoever may write to the framework's tables may add to the log, tell how an action goes on, and finish it, once.
create function _keep_operator_actions() returns trigger
  language plpgsql security definer set search_path = {schema}, pg_catalog
as $$
begin
  if tg_op = 'UPDATE' and old.finished_at is null and (new.id, new.at, new.actor, new.action, new.modules, new.reason,
    new.input) is not distinct from (old.id, old.at, old.actor, old.action, old.modules, old.reason, old.input)
  then
    return new;
  end if;
  raise exception 'what an operator did stays as it was written' using errcode = 'insufficient_privilege';
end $$;
create trigger keep_operator_actions before update or delete on operator_actions
  for each row execute function _keep_operator_actions();
`;
