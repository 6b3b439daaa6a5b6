grant connect, temporary on database shop to legacy;
grant usage on schema public to legacy;
