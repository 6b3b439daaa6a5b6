/** For queries that have pg_namespace as `n`: schemas of people, not the server's own. */
export const OF_PEOPLE = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'";
