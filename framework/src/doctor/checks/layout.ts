import { missingFacts } from "../../postgres/index.ts";
import { appCheck } from "../check.ts";
import { error, warning } from "../finding.ts";
import { installedModel } from "./installed-model.ts";

/** Roles and their attributes, schemas, default privileges, who may connect: all that provisioning makes. */
export const layout = appCheck({
  id: "layout",
  holds: "Roles, schemas and grants are as the modules need them",
  async look(app) {
    const missing = (await missingFacts(app.client, installedModel(app), app.server.database)).filter(
      ({ soft }) => soft === null,
    );
    if (missing.length === 0) return [];
    const sql = missing.map((each) => each.sql);
    return [
      error(
        "Roles, schemas or grants are not as the modules need them",
        missing.map(({ fact }) => `not so: ${fact}`),
        [
          "Start the app on this database: every start puts it right. Then find out who changed it.",
          // By hand only what can be done by hand.
          ...(sql.every((each) => each !== null) && sql.length <= 8
            ? [
                "By hand:",
                "begin;",
                ...sql.map((each) => `${each.replaceAll(/\s*\n\s*/g, " ").trim()};`),
                "commit;",
              ]
            : []),
        ].join("\n"),
      ),
    ];
  },
});

export const hardening = appCheck({
  id: "hardening",
  holds: "The catalogue is closed to what reaches round the walls",
  async look(app) {
    const soft = (await missingFacts(app.client, installedModel(app), app.server.database)).flatMap(
      (each) => each.soft ?? [],
    );
    if (soft.length === 0) return [];
    return [
      warning(
        "Some walls stand in the framework's statement gate alone",
        soft.map(({ wall }) => `open in the catalogue: ${wall}`),
        `As a superuser of this database, where the provider lets you be one:\n${soft.map(({ remedy }) => remedy).join("\n")}`,
      ),
    ];
  },
});
