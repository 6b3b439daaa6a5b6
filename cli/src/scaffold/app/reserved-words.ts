/** Words that PostgreSQL takes for itself where a schema's name stands; a test asks the server. */
export const SQL_WORDS: ReadonlySet<string> = new Set(
  (
    "all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation " +
    "column concurrently constraint create cross current_catalog current_date current_role current_schema " +
    "current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for " +
    "foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral " +
    "leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps " +
    "placing primary references returning right select session_user similar some symmetric system_user table " +
    "tablesample then to trailing true union unique user using variadic verbose when where window with"
  ).split(" "),
);

/** Words of the language, and names that the files of a module and of the host use for something else. */
export const CODE_WORDS: ReadonlySet<string> = new Set(
  (
    "app arguments assert async await break call case catch class clock closed command const continue contract " +
    "debugger default define definition delete describe do edge else enum error eval event export extends fail fake " +
    "false finally for function handle id if implements import in instanceof interface it job jobs let log module " +
    "modules name new null on package perform pino private protected public publish query return role route routes " +
    "schedule serve signed sql static super switch system tables test text timestamp this throw true try type typeof undefined " +
    "var view void while with yield"
  ).split(" "),
);
