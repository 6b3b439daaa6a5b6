/** The framework's own schema. Not taken from ashlar/postgres, which would load the driver into every check. */
export const SYSTEM_SCHEMA = "ashlar";

/** Schemas that come with the server, and those of temporary tables. */
export function isSystemSchema(schema: string): boolean {
  return schema === "information_schema" || schema.startsWith("pg_");
}

/** Functions that change the session or run a text as SQL. The framework revokes them, or its gate refuses them. */
export function reachesOut(name: string): boolean {
  return REACHES_OUT.test(name);
}

const REACHES_OUT =
  /^(?:ts_stat|ts_rewrite|(?:query|cursor|table|schema|database)_to_xml\w*|dblink\w*|lo_[a-z]\w*|pg_(?:read|ls|stat)_(?:binary_)?(?:file|dir)|pg_ls_\w+|pg_logdir_ls|pg_file_\w+)$/;
