import { missingFacts, Pool, testWalls } from "../../postgres/index.ts";
import { appCheck } from "../check.ts";
import { LOCK_TIMEOUT_MS } from "../database.ts";
import { error, note, ok } from "../finding.ts";
import { installedModel } from "./installed-model.ts";

/** Tries the known escapes with the app's own login, as every start of the app does. */
export const walls = appCheck({
  id: "walls",
  holds: "Every wall holds",
  async look(app) {
    const login = await app.login();
    if (login === null) {
      return [
        note(
          "The walls were not tried",
          [
            `the doctor does not get in as ${app.model.app}: its password is not the one derived from this administrator's`,
          ],
          "Set DATABASE_LOGIN_PASSWORD to the one that the app is given, and call the doctor as the administrator that the app is started with.",
        ),
      ];
    }
    const model = installedModel(app);
    const soft = (await missingFacts(app.client, model, app.server.database)).flatMap(
      (each) => each.soft ?? [],
    );
    const pool = new Pool({
      connection: login,
      max: 1,
      applicationName: "ashlar doctor",
      lockTimeoutMs: LOCK_TIMEOUT_MS,
      strictGate: soft.length > 0,
    });
    try {
      const report = await testWalls(pool, model, { lockTimeoutMs: LOCK_TIMEOUT_MS });
      const broken = report.walls.filter(
        ({ holds, wall }) => !holds && !soft.some((each) => each.wall === wall),
      );
      const evidence = `${report.walls.length} escapes tried with the login ${login.user}`;
      if (broken.length === 0) return [ok("Every wall holds", [`${evidence}, none got through`])];
      return [
        error(
          "A wall does not hold",
          [evidence, ...broken.map((each) => `${each.wall}: ${each.evidence}`)],
          "The app refuses to start like this. Find who granted it and take it back; the checks layout, memberships and grants name what they know.",
        ),
      ];
    } finally {
      await pool.stop();
    }
  },
});
