import { SYSTEM_SCHEMA } from "../postgres/index.ts";
import { type Firing, runbookOf } from "./firing.ts";
import type { Turn } from "./firing-track.ts";
import type { LookSessions } from "./look-session.ts";

/** What was not seen for so long ended meanwhile, or nobody looked: it is not known to have gone on. */
const STALE_MINUTES = 10;
const KEPT_DAYS = 30;
const TABLE = `${SYSTEM_SCHEMA}.firings`;

/**
 * Keeps firings in `ashlar.firings`, for "since when" over a restart. All instances write the same rows: the earliest
 * start stays, and an end that one of them sees too early is taken back by the next one that still sees it fire, as a
 * new row. Writes through the session of the looks, since the app's pool may be what fires.
 */
export class FiringTable {
  readonly #sessions: LookSessions;

  constructor(sessions: LookSessions) {
    this.#sessions = sessions;
  }

  /** What was firing when it was last looked at, unless that is long ago. */
  async read(): Promise<readonly Firing[]> {
    const rows = await this.#sessions.write<Omit<Firing, "runbook">>(
      `with ended as (
         update ${TABLE} set ended_at = seen_at
         where ended_at is null and seen_at < now() - interval '${STALE_MINUTES} minutes'
       ), forgotten as (
         delete from ${TABLE} where ended_at < now() - interval '${KEPT_DAYS} days'
       )
       select check_id as "check", subject, severity, title, evidence, module, actions,
         (extract(epoch from started_at) * 1000)::float8 as since,
         (extract(epoch from seen_at) * 1000)::float8 as "seenAt", null as "endedAt"
       from ${TABLE} where ended_at is null and seen_at >= now() - interval '${STALE_MINUTES} minutes'`,
    );
    return rows.map((row) => ({ ...row, runbook: runbookOf(row.check) }));
  }

  async keep({ started, renewed, ended }: Turn): Promise<void> {
    if (started.length + renewed.length + ended.length === 0) return;
    await this.#sessions.write(
      `with ended as (
         update ${TABLE} f set ended_at = to_timestamp(r."endedAt" / 1000)
         from jsonb_to_recordset($2::jsonb) as r ("check" text, subject text, "endedAt" float8)
         where f.check_id = r."check" and f.subject = r.subject and f.ended_at is null
       )
       insert into ${TABLE} as f
         (check_id, subject, severity, title, evidence, module, actions, started_at, seen_at)
       select "check", subject, severity, title, evidence, module, actions,
         to_timestamp(since / 1000), to_timestamp("seenAt" / 1000)
       from jsonb_to_recordset($1::jsonb) as r ("check" text, subject text, severity text, title text,
         evidence jsonb, module text, actions jsonb, since float8, "seenAt" float8)
       order by "check", subject
       on conflict (check_id, subject) where ended_at is null do update set
         severity = excluded.severity, title = excluded.title, evidence = excluded.evidence,
         module = excluded.module, actions = excluded.actions, seen_at = excluded.seen_at,
         started_at = least(f.started_at, excluded.started_at)`,
      [JSON.stringify([...started, ...renewed]), JSON.stringify(ended)],
    );
  }
}
