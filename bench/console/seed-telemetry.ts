import type { Cluster } from "../cluster.ts";
import type { Volume } from "./volume.ts";

const MODULES = "'ordering', 'billing', 'catalog', 'identity'";
/** Operations, routes and jobs of a module that something is noted of each minute. */
const NAMES = 8;

/** What the framework itself notes: traces, activity, costs of statements, firings, instances and actions. */
export async function seedTelemetry(cluster: Cluster, volume: Volume): Promise<void> {
  await seedTraces(cluster, volume.traces, volume.days);
  await seedActivity(cluster, volume.days);
  await seedCosts(cluster, volume.days);
  await seedHistory(cluster, volume.days);
}

/** Of two to sixty spans each; every tenth repeats one statement again and again. */
async function seedTraces(cluster: Cluster, count: number, days: number): Promise<void> {
  await cluster.admin(`
    insert into ashlar.traces (trace_id, span_id, kind, module, name, reason, started_at, duration_ms, failed, error, span_count,
      statement_count, is_partial, spans)
    select replace(gen_random_uuid()::text, '-', ''), lpad(to_hex(n), 16, '0'), kind, module,
      case kind when 'request' then (array['GET', 'POST'])[1 + n % 2] || ' /v1/' || module || '/' || n % ${NAMES}
        else module || '.operation' || n % ${NAMES} end,
      case when failed then 'failed' when n % 3 = 0 then 'slow' else 'random' end,
      now() - (1 - n::float8 / ${count}) * interval '${days} days', ms, failed,
      case when failed then (array['INTERNAL', 'ASHLAR_STATEMENT_TIMEOUT', 'BILLING_CARD_DECLINED'])[1 + n % 3] end,
      spans, spans - 2, false,
      (select jsonb_agg(case
          when span = 1 then jsonb_build_array(1, 0, kind, module, module || '.operation' || n % ${NAMES}, 0, ms, null, failed::integer, 0)
          when span = 2 then jsonb_build_array(2, 1, 'call', module, module || '.operation' || n % ${NAMES}, 0.2, ms * 0.9, null, failed::integer, 1)
          else jsonb_build_array(span, 2, 'statement', module,
            case when n % 10 = 0 then 'select * from ' || module || '.lines where id = $1'
              else 'select ' || span || ' from ' || module || '.lines where id = $1' end,
            0.3 + span, ms / spans, null, 0, span - 1) end order by span)
       from generate_series(1, spans) span)
    from (
      select n, (array[${MODULES}])[1 + floor(4 * power(random(), 2))::integer] as module,
        (array['request', 'request', 'call', 'job', 'delivery'])[1 + n % 5] as kind, random() < 0.2 as failed,
        (2 + 2000 * power(random(), 6))::numeric(10, 2)::float8 as ms, 3 + floor(57 * power(random(), 3))::integer as spans
      from generate_series(1, ${count}) n
    ) traces`);
}

/** By the minute and by the hour; of names, of modules as a whole, and of all. */
async function seedActivity(cluster: Cluster, days: number): Promise<void> {
  const kinds = "array['request', 'call', 'job', 'delivery', 'edge']";
  for (const [table, unit, minutes] of [
    ["activity", "minute", 1],
    ["activity_hours", "hour", 60],
  ] as const) {
    const period = `generate_series(date_trunc('${unit}', now(), 'UTC') - interval '${unit === "hour" && days === 7 ? 30 : days} days', now(),
      interval '1 ${unit}') ${unit}`;
    const into = `insert into ashlar.${table} (kind, module, ${unit}, name, count, failed, total_ms, first_bucket, buckets)`;
    const buckets = (times: string) =>
      `array(select b * ${minutes} * ${times} from unnest(array[1, 4, 20, 40, 20, 10, 4, 1]) with ordinality as u (b, at) order by at)`;
    await cluster.admin(`
      ${into}
      select kind, module, ${unit},
        case kind when 'request' then 'GET /v1/' || module || '/' || n when 'edge' then (array[${MODULES}])[1 + n % 4]
          else module || '.operation' || n end,
        ${minutes} * (100 + n), case when n = 3 then 2 * ${minutes} else 0 end, 900.0 * ${minutes}, 20, histogram
      from ${period}, unnest(array[${MODULES}]) module, unnest(${kinds}) kind,
        generate_series(1, case kind when 'edge' then 3 when 'delivery' then 2 when 'job' then 3 else ${NAMES} end) n,
        (select ${buckets("1")} as histogram offset 0) h
      where not (kind = 'edge' and (array[${MODULES}])[1 + n % 4] = module)
      on conflict do nothing`);
    for (const [modules, times] of [
      [MODULES, NAMES],
      ["''", 30],
    ] as const) {
      await cluster.admin(`
        ${into}
        select kind, module, ${unit}, '', ${minutes * times} * 100, ${minutes * 2}, ${minutes * times} * 900.0, 20, histogram
        from ${period}, unnest(array[${modules}]) module, unnest(${kinds}) kind,
          (select ${buckets(String(times))} as histogram offset 0) h
        on conflict do nothing`);
    }
  }
}

/** Costs are kept for 30 days by the minute and 7 days by the hour, fifty statements of each module. */
async function seedCosts(cluster: Cluster, days: number): Promise<void> {
  await cluster.admin(`
    insert into ashlar.database_cost
    select minute, module, 1000, 500 + 4000 * random(), 5000, 40000, 100, 50, 1000000, 0
    from generate_series(date_trunc('minute', now()) - interval '${days === 7 ? 30 : days} days', now() - interval '1 minute',
      interval '1 minute') minute, unnest(array[${MODULES}, 'ashlar', '']) module
    on conflict do nothing`);
  await cluster.admin(`
    insert into ashlar.statement_cost
    select hour, module, hashtextextended(module || n, 0), 1000 + n, (60000.0 / n) * (0.5 + random()), 2000, 80.0
    from generate_series(date_trunc('hour', now(), 'UTC') - interval '${days} days', now(), interval '1 hour') hour,
      unnest(array[${MODULES}, 'ashlar', '']) module, generate_series(1, 50) n
    on conflict do nothing`);
  await cluster.admin(`
    insert into ashlar.statement_texts (query_id, text)
    select distinct hashtextextended(module || n, 0),
      'select id, state, placed_at, total from ' || module || '.t' || n || ' where account_id = $1 and placed_at > $2 ' ||
      'order by placed_at desc limit $3'
    from unnest(array[${MODULES}, 'ashlar']) module, generate_series(1, 50) n on conflict do nothing`);
}

async function seedHistory(cluster: Cluster, days: number): Promise<void> {
  await cluster.admin(`
    insert into ashlar.firings (check_id, subject, severity, title, evidence, module, actions, started_at, seen_at, ended_at)
    select (array['slow-statement', 'blocking', 'dead-letters', 'queue-stuck'])[1 + n % 4], 'subject ' || n, 'warning',
      'A statement of ordering has become slow', '["it takes 800 ms on average now, 2.1 ms before"]', 'ordering', '[]',
      at, at + interval '5 minutes', at + interval '5 minutes'
    from (select n, now() - n * interval '${days} days' / 2000 - interval '10 minutes' as at from generate_series(1, 2000) n) times`);
  await cluster.admin(`
    insert into ashlar.instances (id, release, host, pid, started_at, seen_at, stopped_at)
    select gen_random_uuid(), '1.4.' || n / 4, 'host-' || n % 4, 100 + n, at, at + interval '5 h', at + interval '5 h'
    from (select n, now() - n * interval '${days} days' / 300 - interval '6 h' as at from generate_series(1, 300) n) times`);
  await cluster.admin(`
    insert into ashlar.operator_actions (at, actor, action, modules, reason, input, seen_at, count, summary, finished_at)
    select at, 'account:' || n % 7, (array['jobs.retry', 'database.terminate', 'queues.pause', 'jobs.discard'])[1 + n % 4],
      array[(array[${MODULES}])[1 + n % 4]], 'the provider is back', '{"filter": {"state": ["dead"]}}', at, n % 5000,
      'Retried ' || n % 5000 || ' jobs', at + interval '2 s'
    from (select n, now() - (20000 - n) * interval '${days} days' / 20000 as at from generate_series(1, 20000) n) times`);
}
