alter table identity.accounts validate constraint accounts_roles_check;
