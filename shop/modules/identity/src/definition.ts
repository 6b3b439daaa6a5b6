import { closed, Type } from "ashlar/contract";
import { define, tables } from "ashlar/module";
import { identity } from "../contract/index.ts";
import type { Tables } from "./tables.ts";

export const definition = define(identity, {
  tables: tables<Tables>(),
  settings: closed({
    /** A session that is not used for so long ends. Uses are noted once a minute, so it should be far above one. */
    sessionIdleMinutes: Type.Integer({ minimum: 5, maximum: 525_600 }),
    /** A session ends after so many days however much it is used. */
    sessionMaxDays: Type.Integer({ minimum: 1, maximum: 3_650 }),
    /** Cost of a password hash; 19 MiB unless set. Raising it rehashes each password at its next sign-in. */
    passwordMemoryKiB: Type.Optional(Type.Integer({ minimum: 19_456, maximum: 1_048_576 })),
    /** Cost of a password hash; 2 unless set. */
    passwordPasses: Type.Optional(Type.Integer({ minimum: 2, maximum: 100 })),
  }),
});

export const { handle, route } = definition;
