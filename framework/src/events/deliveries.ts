import pg from "pg";

/** A key longer than what an index takes would stop the relay for good. */
const BOUNDED_KEY = `case when length(key) <= 200 then key
          else left(key, 100) || '#' || encode(sha256(convert_to(key, 'UTF8')), 'hex') end`;

/**
 * SQL that enqueues deliveries in the schema of `subscriber`, as jobs numbered in the order of the events.
 *
 * `from` yields the columns of the events (aliased `e`) and of the subscription they go to; `publisher` and `replay`
 * are SQL expressions. The ids are drawn above the sort, so that they follow it: jobs of one order key run by them.
 */
export function deliveriesInsert(
  subscriber: string,
  parts: {
    readonly columns: string;
    readonly from: string;
    readonly publisher: string;
    readonly replay: string;
  },
): string {
  const schema = pg.escapeIdentifier(subscriber);
  const ids = pg.escapeLiteral(`${schema}._job_ids`);
  return `insert into ${schema}._jobs
        (id, seq, queue, priority, kind, payload, max_attempts, order_key, limit_key, trace_id)
      select number, number, queue, priority, kind,
        jsonb_build_object('event', event, 'publisher', ${parts.publisher}::text, 'id', id, 'version', version,
          'key', key, 'publishedAt', published_at, 'payload', payload, 'replay', ${parts.replay}::integer),
        max_attempts, case when in_order then kind || ':' || ${BOUNDED_KEY} end, limit_key, trace_id
      from (
        select nextval(${ids}) as number, sorted.*
        from (select ${parts.columns} from ${parts.from} order by e.id, kind) sorted
      ) numbered`;
}
