import { closed, Type } from "ashlar/contract";
import { anyone, role, signedIn } from "ashlar/module";
import { identity, Role } from "../contract/index.ts";
import { route } from "./definition.ts";

const { id } = identity.revokeApiKey.input.properties;

// Requests and answers that hold a secret take no Idempotency-Key: answers are stored with their key, and a
// password would be guessable from the stored fingerprint of the request.
const SECRET = { idempotency: "none" } as const;

export const routes = [
  route(identity.registerAccount, {
    ...SECRET,
    method: "POST",
    path: "/v1/accounts",
    auth: anyone,
    summary: "Register an account",
    body: identity.registerAccount.input,
    input: ({ body }) => body,
    status: 201,
    headers: () => ({ location: "/v1/accounts/me" }),
  }),
  route(identity.getAccount, {
    method: "GET",
    path: "/v1/accounts/me",
    auth: signedIn(),
    summary: "Show the own account",
    input: () => ({}),
  }),
  route(identity.changePassword, {
    ...SECRET,
    method: "PUT",
    path: "/v1/accounts/me/password",
    auth: signedIn(),
    summary: "Change the password and end all other sessions",
    body: identity.changePassword.input,
    input: ({ body }) => body,
    status: 204,
  }),
  route(identity.grantRole, {
    method: "PUT",
    path: "/v1/accounts/{id}/roles/{role}",
    auth: role("operator"),
    summary: "Give an account a role",
    params: closed({ id, role: Role }),
    input: ({ params }) => ({ accountId: params.id, role: params.role }),
  }),
  route(identity.revokeRole, {
    method: "DELETE",
    path: "/v1/accounts/{id}/roles/{role}",
    auth: role("operator"),
    summary: "Take a role from an account",
    params: closed({ id, role: Role }),
    input: ({ params }) => ({ accountId: params.id, role: params.role }),
  }),
  route(identity.openSession, {
    ...SECRET,
    method: "POST",
    path: "/v1/sessions",
    auth: anyone,
    summary: "Sign in",
    body: identity.openSession.input,
    input: ({ body }) => body,
    status: 201,
    headers: () => ({ location: "/v1/sessions/current" }),
  }),
  route(identity.closeSession, {
    method: "DELETE",
    path: "/v1/sessions/current",
    auth: signedIn(),
    summary: "Sign out",
    input: () => ({}),
    status: 204,
  }),
  route(identity.listApiKeys, {
    method: "GET",
    path: "/v1/api-keys",
    auth: signedIn(),
    summary: "List the own API keys",
    input: () => ({}),
  }),
  route(identity.createApiKey, {
    ...SECRET,
    method: "POST",
    path: "/v1/api-keys",
    auth: signedIn(),
    summary: "Make an API key",
    body: identity.createApiKey.input,
    input: ({ body }) => body,
    status: 201,
    headers: () => ({ location: "/v1/api-keys" }),
  }),
  route(identity.revokeApiKey, {
    method: "DELETE",
    path: "/v1/api-keys/{id}",
    auth: signedIn(),
    summary: "Revoke an API key",
    params: closed({ id }),
    input: ({ params }) => params,
    status: 204,
  }),
  route(identity.listAuditEvents, {
    method: "GET",
    path: "/v1/audit-events",
    auth: role("operator"),
    summary: "Read the audit log, newest first",
    query: closed({
      cursor: identity.listAuditEvents.input.properties.cursor,
      limit: Type.Optional(identity.listAuditEvents.input.properties.limit),
    }),
    input: ({ query: { cursor, limit = 50 } }) => (cursor === undefined ? { limit } : { cursor, limit }),
  }),
];
