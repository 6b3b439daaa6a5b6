import type { IncidentScene } from "./incident.ts";

/** Own of the incidents; what depends on it goes with it. */
export const SCHEMA = "incident";

export interface PlantedTrigger {
  /** Of its function, below `incident`. */
  readonly name: string;
  /** `schema.table`. */
  readonly table: string;
  /** `before insert`. */
  readonly when: string;
  /** PL/pgSQL, without begin and end. */
  readonly body: string;
}

/** Puts a trigger on a table, as a script that nobody reviewed would. */
export async function plantTrigger({ admin }: IncidentScene, trigger: PlantedTrigger): Promise<void> {
  const { name, table, when, body } = trigger;
  await admin.query(
    `create schema if not exists ${SCHEMA};
     create or replace function ${SCHEMA}.${name}() returns trigger language plpgsql as $body$
     begin
       ${body}
       return new;
     end $body$;
     create or replace trigger incident_${name} ${when} on ${table}
       for each row execute function ${SCHEMA}.${name}()`,
  );
}

export async function clearTrigger({ admin }: IncidentScene, name: string): Promise<void> {
  await admin.query(`drop function if exists ${SCHEMA}.${name}() cascade`);
}
