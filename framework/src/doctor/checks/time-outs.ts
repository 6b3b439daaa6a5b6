import { POOL_DEFAULTS, Pool, workerRole } from "../../postgres/index.ts";
import { appCheck } from "../check.ts";
import { error, note, ok, type Symptom, warning } from "../finding.ts";

/** Of the edge, unless the deployment says another. */
const REQUEST_MS = 10_000;

/** Asks in a session that is opened as the app opens its own, since nothing else tells what arrives. */
export const timeOuts = appCheck({
  id: "time-outs",
  holds: "Every session of the app has its time-outs, in the right order",
  async look(app) {
    const login = await app.login();
    if (login === null) {
      return [
        note(
          "The time-outs of the app's sessions were not looked at",
          [`the doctor does not get in as ${app.model.app}`],
          "Set DATABASE_LOGIN_PASSWORD to the one that the app is given.",
        ),
      ];
    }
    const pool = new Pool({ connection: login, max: 1, applicationName: "ashlar doctor" });
    let found: ReadonlyMap<string, number>;
    try {
      const { rows } = await pool.execute<{ name: string; value: number }>(workerRole(app.model.app), {
        text: "select name, setting::float8 as value from pg_catalog.pg_settings where name = any ($1)",
        values: [TIME_OUTS.map(({ name }) => name)],
      });
      found = new Map(rows.map(({ name, value }) => [name, value]));
    } finally {
      await pool.stop();
    }
    const requestMs = app.deployment.requestTimeoutMs ?? REQUEST_MS;
    const evidence = [
      `request ${requestMs} ms at the edge`,
      ...TIME_OUTS.map(
        ({ name }) => `${name} ${found.has(name) ? `${found.get(name)} ms` : "is unknown to this server"}`,
      ),
    ];
    const symptoms: Symptom[] = [];
    const lost = TIME_OUTS.filter(({ name, value }) => found.has(name) && found.get(name) !== value);
    if (lost.length > 0) {
      symptoms.push(
        error(
          "The time-outs of the app do not reach its sessions",
          lost.map(({ name, value }) => `${name} is ${found.get(name)} ms; the pool asks for ${value}`),
          "Something in between drops the start-up options, most likely a pooler: let it pass `options`, or set them for the login:\n" +
            lost.map(({ name, value }) => `alter role "${login.user}" set ${name} = ${value};`).join("\n"),
        ),
      );
    }
    const lockMs = found.get("lock_timeout")!;
    if (requestMs <= lockMs) {
      symptoms.push(
        warning(
          "Requests are given up before the statements that wait for a lock",
          [...evidence, "clients repeat what still stands in the line, and the line grows"],
          `Give requests more than lock_timeout (${lockMs} ms), or make lock_timeout shorter. From the outside in, each should ` +
            "be shorter: client, request, lock.",
        ),
      );
    }
    return symptoms.length > 0
      ? symptoms
      : [
          ok("Every session of the app has its time-outs", [
            ...evidence,
            ...((found.get("statement_timeout") ?? 0) > requestMs
              ? [
                  "a statement may go on after its request was answered, until statement_timeout: jobs have the same sessions",
                ]
              : []),
          ]),
        ];
  },
});

const TIME_OUTS: readonly { readonly name: string; readonly value: number }[] = [
  { name: "lock_timeout", value: POOL_DEFAULTS.lockTimeoutMs },
  { name: "statement_timeout", value: POOL_DEFAULTS.statementTimeoutMs },
  { name: "idle_in_transaction_session_timeout", value: POOL_DEFAULTS.idleInTransactionTimeoutMs },
  { name: "transaction_timeout", value: POOL_DEFAULTS.transactionTimeoutMs },
];
