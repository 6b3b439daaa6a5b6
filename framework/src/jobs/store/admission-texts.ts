import { perSchema } from "./per-schema.ts";

/** Locks the gates in the order of the keys given, and makes those that are missing. */
export const lockText = perSchema(
  (s) => `insert into ${s}._job_gates as g (key, maximum)
  select key, maximum from unnest($1::text[], $2::integer[]) as k (key, maximum)
  on conflict (key) do update set maximum = excluded.maximum, used_at = now()
  returning key, (extract(epoch from arrival) * 1000)::float8 as "arrivalMs",
    (extract(epoch from waiting_until) * 1000)::float8 as "waitingUntilMs"`,
);

/** The clock is read under the locks: the transaction's own time may be from before the last start. */
export const insideText = perSchema(
  (s) => `select k.key,
    (select count(*)::integer from ${s}._job_permits p where p.limit_key = k.key) as inside,
    (extract(epoch from coalesce($2::timestamptz, clock_timestamp())) * 1000)::float8 as "nowMs"
  from unnest($1::text[]) as k (key)`,
);

/**
 * Locks the heads, so that one which is being cancelled is not waited behind for ever. One that somebody else has
 * locked is not waited for: that could be a long transaction, and this one holds up its neighbours.
 */
export const headsText = perSchema(
  (s) => `select k.key, l.id as head from unnest($1::text[]) as k (key),
    lateral (select j.id from ${s}._jobs j where j.order_key = k.key order by j.seq limit 1) as h
    left join lateral (select j.id from ${s}._jobs j where j.id = h.id for update skip locked) as l on true`,
);

export const heldText = perSchema(
  (s) => `select id from ${s}._jobs where id = any ($1::bigint[]) and worker = $2 order by id for update`,
);

export const writeText = perSchema(
  (s) => `with entered as (
    insert into ${s}._job_permits (limit_key, job, worker)
    select key, job, $1 from unnest($2::text[], $3::bigint[]) as p (key, job)
  ), started as (
    update ${s}._job_gates g set arrival = to_timestamp(r.arrival / 1000), waiting_until = to_timestamp(r.until / 1000)
    from unnest($4::text[], $5::float8[], $6::float8[]) as r (key, arrival, until) where g.key = r.key
  )
  update ${s}._jobs j set worker = null, claimed_at = null, attempt = j.attempt - 1,
    run_at = coalesce(to_timestamp(p.until / 1000), 'infinity')
  from unnest($7::bigint[], $8::float8[]) as p (id, until) where j.id = p.id and j.worker = $1`,
);
