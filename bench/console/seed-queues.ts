import type { Cluster } from "../cluster.ts";
import type { Volume } from "./volume.ts";

/** What share of all jobs and events a module has: one has most of them, as in real shops. */
const SHARES: Readonly<Record<string, number>> = {
  ordering: 0.6,
  billing: 0.3,
  catalog: 0.08,
  identity: 0.02,
};

/**
 * Jobs and events of so many days, of the kinds that the shop has. Nothing of it is ever claimed by the shop: what
 * waits is due tomorrow, waits for a limit that nothing of the shop has, or is in queues that nobody works on.
 */
export async function seedQueues(cluster: Cluster, volume: Volume): Promise<void> {
  for (const [module, share] of Object.entries(SHARES)) {
    await addPartitions(cluster, module, volume.days);
    const kinds = await kindsOf(cluster, module);
    await seedFinished(cluster, module, kinds, Math.round(volume.finishedJobs * share), volume.days);
    await seedPending(cluster, module, kinds, Math.round(volume.pendingJobs * share));
    await seedDead(cluster, module, kinds, Math.round(volume.deadJobs * share));
    await seedEvents(cluster, module, Math.round(volume.events * share), volume.days);
  }
}

/** The framework makes those of coming days only. */
async function addPartitions(cluster: Cluster, module: string, days: number): Promise<void> {
  await cluster.admin(`do $$
    declare parent text; day date; owner name := (select nspowner::regrole::text from pg_namespace where nspname = '${module}');
    begin
      execute format('set local role %I', owner);
      foreach parent in array array['_finished_jobs', '_events'] loop
        for day in select (now() at time zone 'UTC')::date - n from generate_series(1, ${days}) n loop
          execute format('create table if not exists ${module}.%I partition of ${module}.%I for values from (%L) to (%L)',
            parent || to_char(day, '_YYYYMMDD'), parent, day || ' 00:00+00', (day + 1) || ' 00:00+00');
        end loop;
      end loop;
    end $$`);
}

/** Kinds of jobs as the shop at its start has told the database, deliveries among them. */
async function kindsOf(cluster: Cluster, module: string): Promise<string[]> {
  const rows = await cluster.admin(
    `select kind from ${module}._schedules union select 'on.' || name from ${module}._subscriptions order by 1`,
  );
  const kinds = rows.map(({ kind }) => kind as string);
  return kinds.length === 0 ? ["tidyUp"] : kinds;
}

/** SQL: the nth of the kinds, the first far more often than the last. */
function skewed(kinds: readonly string[]): string {
  return `(array[${kinds.map((kind) => `'${kind}'`).join(", ")}])[1 + floor(${kinds.length} * power(random(), 2))::integer]`;
}

const ids = (module: string) => `nextval('${module}._job_ids')`;
const PAYLOAD = `jsonb_build_object('orderId', gen_random_uuid(), 'amount', jsonb_build_object('minor', n % 99999, 'currency', 'EUR'))`;

/** SQL: when the nth of so many happened, evenly over the days up to now. */
function spread(count: number, days: number): string {
  return `now() - (1 - n::float8 / ${count}) * interval '${days} days'`;
}

/** In the order of their end. */
async function seedFinished(
  cluster: Cluster,
  module: string,
  kinds: readonly string[],
  count: number,
  days: number,
) {
  await cluster.admin(`
    insert into ${module}._finished_jobs (id, state, queue, priority, kind, payload, worker, attempt, crashes, tenant, tags,
      errors, trace_id, enqueued_at, started_at, finished_at)
    select ${ids(module)}, case when n % 200 = 0 then 'cancelled' else 'completed' end,
      case when n % 20 = 0 then 'bulk' else 'default' end, 0, ${skewed(kinds)}, ${PAYLOAD}, 1,
      case when n % 50 = 0 then 2 else 1 end, 0, 'tenant-' || floor(2000 * power(random(), 3))::integer,
      case when n % 100 = 0 then array['campaign'] end,
      case when n % 50 = 0 then '[{"attempt": 1, "at": "2026-01-01T00:00:00Z", "code": "INTERNAL", "message": "connection reset"}]'::jsonb end,
      gen_random_uuid(), at - interval '2 s', at - interval '40 ms', at
    from (
      select n, ${spread(count, days)} as at from generate_series(1, ${count}) n
    ) times`);
}

async function seedPending(cluster: Cluster, module: string, kinds: readonly string[], count: number) {
  await cluster.admin(`
    insert into ${module}._jobs (id, seq, queue, priority, kind, payload, attempt, max_attempts, run_at, tenant, tags, errors,
      trace_id, limit_key, enqueued_at)
    select id, id, case when part < 0.4 then (array['bulk', 'export', 'mail'])[1 + n % 3] else 'default' end, 0,
      ${skewed(kinds)}, ${PAYLOAD}, case when part > 0.9 then 2 else 0 end, 20,
      case when part < 0.4 then null when part < 0.5 then 'infinity'::timestamptz
        else now() + interval '1 day' + random() * interval '3 days' end,
      'tenant-' || floor(2000 * power(random(), 3))::integer, case when n % 100 = 0 then array['campaign'] end,
      case when part > 0.9 then '[{"attempt": 2, "at": "2026-01-01T00:00:00Z", "code": "PROVIDER_DOWN", "message": "the provider answered 503"}]'::jsonb end,
      gen_random_uuid(), case when part >= 0.4 and part < 0.5 then 'seeded' end,
      now() - power(random(), 2) * interval '12 h'
    from (select n, ${ids(module)} as id, random() as part from generate_series(1, ${count}) n) jobs`);
}

async function seedDead(cluster: Cluster, module: string, kinds: readonly string[], count: number) {
  await cluster.admin(`
    insert into ${module}._dead_jobs (id, seq, queue, priority, kind, payload, attempt, max_attempts, errors, trace_id, tenant,
      enqueued_at, died_at)
    select id, id, 'default', 0, ${skewed(kinds)}, ${PAYLOAD}, 20, 20,
      jsonb_build_array(jsonb_build_object('attempt', 20, 'at', now(), 'code', (array['INTERNAL', 'PROVIDER_DOWN', 'BILLING_CARD_DECLINED'])[1 + n % 3],
        'message', 'the provider answered ' || (500 + n % 5))),
      gen_random_uuid(), 'tenant-' || n % 50, now() - power(random(), 2) * interval '6 days',
      now() - power(random(), 2) * interval '5 days'
    from (select n, ${ids(module)} as id from generate_series(1, ${count}) n) jobs`);
}

/** Of the events that somebody subscribes to; each was taken in by its first subscriber. */
async function seedEvents(cluster: Cluster, module: string, count: number, days: number): Promise<void> {
  const modules = Object.keys(SHARES);
  const subscriptions = await cluster.admin(
    modules
      .map(
        (each) =>
          `select '${each}' as subscriber, name, event from ${each}._subscriptions where publisher = '${module}'`,
      )
      .join(" union all "),
  );
  const names = [...new Set(subscriptions.map(({ event }) => event as string))];
  if (names.length === 0) return;
  await cluster.admin(`
    insert into ${module}._events (id, event, version, key, payload, trace_id, published_at, relayed_at)
    select nextval('${module}._event_ids'), ${skewed(names)}, 1, 'order-' || n / 4, ${PAYLOAD}, gen_random_uuid(),
      at, at + interval '30 ms'
    from (select n, ${spread(count, days)} as at from generate_series(1, ${count}) n) times`);
  const [first] = subscriptions;
  await cluster.admin(`
    insert into ${first!.subscriber}._inbox (subscriber, publisher, event_id, received_at)
    select '${first!.name}', '${module}', id, relayed_at from ${module}._events where event = '${first!.event}'`);
}
