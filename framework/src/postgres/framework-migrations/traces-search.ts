export const tracesSearch = `
-- The job whose attempt or delivery it was, as <module>:<number>.
alter table traces add column job text collate "C";
-- A search reads one of two indexes that hold all that it can ask for, from the end that it shows first: whatever is
-- combined, it is a walk over narrow entries at worst. For that the map of visible pages must be kept up to date.
drop index traces_started_at, traces_module, traces_name, traces_failed, traces_duration, traces_name_duration;
create index traces_recent on traces (started_at, id) include (module, name, kind, failed, error, duration_ms);
create index traces_slowest on traces (duration_ms, id) include (module, name, kind, failed, error, started_at);
alter table traces set (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.02);
`;
