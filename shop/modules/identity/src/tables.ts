import type { Role, Scope } from "../contract/index.ts";

export interface AccountRow {
  id: string;
  email: string;
  email_key: string;
  password_hash: string;
  roles: Role[];
  created_at: Date;
}

export interface SessionRow {
  id: string;
  account_id: string;
  token_digest: Buffer;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
}

export interface ApiKeyRow {
  id: string;
  account_id: string;
  name: string;
  prefix: string;
  key_digest: Buffer;
  scopes: Scope[];
  created_at: Date;
  expires_at: Date | null;
}

export interface SignInAttemptsRow {
  address_digest: Buffer;
  failures: number;
  blocked_until: Date | null;
  forget_at: Date;
}

export interface AuditEventRow {
  id: string;
  at: Date;
  actor: string;
  action: string;
  subject: string;
}

export interface Tables {
  accounts: AccountRow;
  sessions: SessionRow;
  api_keys: ApiKeyRow;
  sign_in_attempts: SignInAttemptsRow;
  audit_events: AuditEventRow;
}
