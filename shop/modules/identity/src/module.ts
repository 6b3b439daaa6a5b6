import { defineModule } from "ashlar/module";
import { authenticate } from "./authenticate.ts";
import { changePassword } from "./change-password.ts";
import { closeSession } from "./close-session.ts";
import { createApiKey } from "./create-api-key.ts";
import { definition } from "./definition.ts";
import { findContact } from "./find-contact.ts";
import { getAccount } from "./get-account.ts";
import { grantRole } from "./grant-role.ts";
import { listApiKeys } from "./list-api-keys.ts";
import { listAuditEvents } from "./list-audit-events.ts";
import { openSession } from "./open-session.ts";
import { registerAccount } from "./register-account.ts";
import { revokeApiKey } from "./revoke-api-key.ts";
import { revokeRole } from "./revoke-role.ts";
import { routes } from "./routes.ts";
import { touchSession } from "./touch-session.ts";

export default defineModule(definition, {
  handlers: [
    registerAccount,
    getAccount,
    findContact,
    openSession,
    closeSession,
    changePassword,
    authenticate,
    touchSession,
    createApiKey,
    listApiKeys,
    revokeApiKey,
    grantRole,
    revokeRole,
    listAuditEvents,
  ],
  routes,
  migrations: new URL("../migrations/", import.meta.url),
});
