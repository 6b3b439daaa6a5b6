-- Support sees the operator's console and changes nothing.
alter table identity.accounts drop constraint accounts_roles_check;
alter table identity.accounts add constraint accounts_roles_check
  check (roles <@ array['customer', 'support', 'operator']) not valid;
