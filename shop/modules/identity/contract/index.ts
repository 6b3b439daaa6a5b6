import { closed, command, contract, error, query, type Static, Type } from "ashlar/contract";

const Email = Type.String({
  minLength: 3,
  maxLength: 254,
  // One @, a dot behind it, no blanks, no control characters: only a message sent there proves more.
  pattern: "^[^\\s@\\u0000-\\u001f]+@[^\\s@\\u0000-\\u001f]+\\.[^\\s@\\u0000-\\u001f]+$",
});
const Password = Type.String({ minLength: 10, maxLength: 200 });
const Timestamp = Type.String({ description: "RFC 3339, UTC" });
const Id = Type.String({ pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$" });

/** Support sees what operators see in the console, and changes nothing. */
export const Role = Type.Union([Type.Literal("customer"), Type.Literal("support"), Type.Literal("operator")]);
export type Role = Static<typeof Role>;

/** What an API key may be limited to. */
export const Scope = Type.Union([
  Type.Literal("catalog:write"),
  Type.Literal("orders:read"),
  Type.Literal("orders:write"),
]);
export type Scope = Static<typeof Scope>;

export const Account = closed({ id: Id, email: Email, roles: Type.Array(Role), createdAt: Timestamp });
export type Account = Static<typeof Account>;

export const ApiKey = closed({
  id: Id,
  name: Type.String(),
  /** The first characters of the key, to tell keys apart; the key itself is shown once. */
  prefix: Type.String(),
  scopes: Type.Array(Scope),
  createdAt: Timestamp,
  expiresAt: Type.Union([Timestamp, Type.Null()]),
});
export type ApiKey = Static<typeof ApiKey>;

export const AuditEvent = closed({
  id: Id,
  at: Timestamp,
  /** `account:<id>`, `system:<name>` or `anonymous`. */
  actor: Type.String(),
  /** For example `session.refused`; the module's README lists them. */
  action: Type.String(),
  /** `account:<id>`, `api_key:<id>`, or `address:<digest>` for an e-mail address that no account has. */
  subject: Type.String(),
});
export type AuditEvent = Static<typeof AuditEvent>;

const SignInRequired = error("unauthenticated", "Sign in with e-mail address and password first.");
const OperatorsOnly = error("forbidden", "Only an operator may do this.");
const AccountNotFound = error("not_found", "There is no such account.");
const PasswordTooCommon = error(
  "invalid",
  "This password is among the first an attacker tries. Choose another.",
);

const TooManyAttempts = error(
  "limited",
  "Too many failed attempts. Wait before the next one.",
  closed({ retryAfterSeconds: Type.Integer({ minimum: 1 }) }),
);

const TooBusy = error(
  "limited",
  "More passwords are being checked than this instance can take on. Try again shortly.",
  closed({ retryAfterSeconds: Type.Integer({ minimum: 1 }) }),
);

/** Who somebody is and what they may do: accounts, sessions, API keys, roles, the audit log. */
export const identity = contract("identity", {
  registerAccount: command({
    transaction: "own",
    input: closed({ email: Email, password: Password }),
    output: Account,
    errors: {
      EMAIL_TAKEN: error("conflict", "An account with this e-mail address exists. Sign in instead."),
      PASSWORD_TOO_COMMON: PasswordTooCommon,
      TOO_BUSY: TooBusy,
    },
  }),

  /** The account of the caller. */
  getAccount: query({
    input: closed({}),
    output: Account,
    errors: { SIGN_IN_REQUIRED: SignInRequired },
  }),

  /** Where to write to an account; null when there is no such account. For modules that send mail: it has no route. */
  findContact: query({
    input: closed({ accountId: Id }),
    output: Type.Union([Type.Null(), closed({ email: Email })]),
  }),

  /**
   * Signs in. Takes as long for an unknown account as for a wrong password and answers both alike. The failed
   * attempt is recorded, so the refusal commits.
   */
  openSession: command({
    transaction: "own",
    input: closed({ email: Type.String({ maxLength: 254 }), password: Type.String({ maxLength: 200 }) }),
    output: closed({ token: Type.String(), accountId: Id, roles: Type.Array(Role), expiresAt: Timestamp }),
    errors: {
      INVALID_CREDENTIALS: error("unauthenticated", "E-mail address or password is wrong.", undefined, {
        commits: true,
      }),
      TOO_MANY_ATTEMPTS: TooManyAttempts,
      TOO_BUSY: TooBusy,
    },
  }),

  /** Ends the session that the request came with. Ending an ended session is no error. */
  closeSession: command({ transaction: "own", input: closed({}), output: closed({}) }),

  /**
   * Sets a new password and ends every other session of the account. A wrong current password counts as a failed
   * sign-in, so this is no way round the limit on those.
   */
  changePassword: command({
    transaction: "own",
    input: closed({ currentPassword: Type.String({ maxLength: 200 }), newPassword: Password }),
    output: closed({}),
    errors: {
      SIGN_IN_REQUIRED: SignInRequired,
      WRONG_PASSWORD: error("forbidden", "The current password is wrong.", undefined, { commits: true }),
      PASSWORD_TOO_COMMON: PasswordTooCommon,
      TOO_BUSY: TooBusy,
      TOO_MANY_ATTEMPTS: TooManyAttempts,
    },
  }),

  /** Whose token this is; null for one that is unknown, expired or revoked. `stale` asks for `touchSession`. */
  authenticate: query({
    input: closed({ token: Type.String({ maxLength: 200 }) }),
    output: Type.Union([
      Type.Null(),
      closed({
        accountId: Id,
        roles: Type.Array(Role),
        scopes: Type.Union([Type.Array(Scope), Type.Null()]),
        session: Type.Union([Id, Type.Null()]),
        stale: Type.Boolean(),
      }),
    ]),
  }),

  /** Notes that a session is in use, so that it does not expire of idleness. */
  touchSession: command({ transaction: "own", input: closed({ session: Id }), output: closed({}) }),

  /**
   * Makes a key for programs, limited to `scopes`. The key stands in the answer and nowhere else. Only a person's
   * session can make one: a key cannot make further keys.
   */
  createApiKey: command({
    transaction: "own",
    input: closed({
      name: Type.String({ minLength: 1, maxLength: 100 }),
      scopes: Type.Array(Scope, { minItems: 1, uniqueItems: true }),
      expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
    }),
    output: closed({ key: Type.String(), apiKey: ApiKey }),
    errors: {
      SIGN_IN_REQUIRED: SignInRequired,
      SCOPE_NOT_ALLOWED: error(
        "forbidden",
        "The scope is for operators, and this account is none.",
        closed({ scope: Scope }),
      ),
      TOO_MANY_KEYS: error("conflict", "An account can have 50 API keys. Revoke one first."),
    },
  }),

  /** The caller's keys, oldest first, expired ones included. */
  listApiKeys: query({
    input: closed({}),
    output: closed({ items: Type.Array(ApiKey) }),
    errors: { SIGN_IN_REQUIRED: SignInRequired },
  }),

  /** Ends a key of the caller at once. */
  revokeApiKey: command({
    transaction: "own",
    input: closed({ id: Id }),
    output: closed({}),
    errors: {
      SIGN_IN_REQUIRED: SignInRequired,
      API_KEY_NOT_FOUND: error("not_found", "You have no such API key."),
    },
  }),

  /** Gives an account a role. For operators and the product itself. One that it has already changes nothing. */
  grantRole: command({
    transaction: "own",
    input: closed({ accountId: Id, role: Role }),
    output: Account,
    errors: { OPERATORS_ONLY: OperatorsOnly, ACCOUNT_NOT_FOUND: AccountNotFound },
  }),

  /**
   * Takes a role from an account, from its next request on. Operators cannot take theirs from themselves, so that
   * the last one is not lost by mistake.
   */
  revokeRole: command({
    transaction: "own",
    input: closed({ accountId: Id, role: Role }),
    output: Account,
    errors: {
      OPERATORS_ONLY: OperatorsOnly,
      ACCOUNT_NOT_FOUND: AccountNotFound,
      OWN_ROLE: error("conflict", "You cannot take the operator role from yourself. Ask another operator."),
    },
  }),

  /** The audit log, newest first. For operators and the product itself. */
  listAuditEvents: query({
    input: closed({
      cursor: Type.Optional(Type.String({ maxLength: 200 })),
      limit: Type.Integer({ minimum: 1, maximum: 100 }),
    }),
    output: closed({ items: Type.Array(AuditEvent), nextCursor: Type.Union([Type.String(), Type.Null()]) }),
    errors: {
      OPERATORS_ONLY: OperatorsOnly,
      CURSOR_INVALID: error("invalid", "The cursor is not one that this list gave out."),
    },
  }),
});
