import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { catalog } from "@shop/catalog";
import { identity, type Role } from "@shop/identity";
import { isError } from "ashlar/contract";
import { type App, system } from "ashlar/module";
import { demoProducts } from "../../modules/catalog/src/module.ts";
import { addressName, type Configuration } from "./configuration.ts";

/** The accounts to try the shop with. */
export interface DemoAccount {
  readonly role: Role;
  readonly email: string;
  /** Null when the account was there before and its password is kept on another machine. */
  readonly password: string | null;
}

interface Kept {
  readonly accounts: readonly { readonly role: Role; readonly email: string; readonly password: string }[];
  /** False until everything is in the database, so that a start that was killed half-way is made up for. */
  readonly isSeeded: boolean;
}

/**
 * Sees to it that the database has the demo accounts and, if it has no products yet, the demo catalogue.
 *
 * The passwords are made up once per database and kept in a file that only this user can read: fixed ones would be
 * known to everybody who has read this, and an instance that listens on a network would have an operator for all.
 */
export async function ensureDemo(app: App, configuration: Configuration): Promise<readonly DemoAccount[]> {
  const file = credentialsFile(configuration);
  const kept = read(file) ?? write(file, { accounts: newAccounts(), isSeeded: false });
  if (kept.isSeeded) return kept.accounts;
  const accounts: DemoAccount[] = [];
  for (const account of kept.accounts) {
    accounts.push((await ensureAccount(app, account)) ? account : { ...account, password: null });
  }
  await ensureCatalogue(app);
  write(file, { ...kept, isSeeded: true });
  return accounts;
}

function newAccounts(): Kept["accounts"] {
  return (["operator", "support", "customer"] as const).map((role) => ({
    role,
    email: `${role}@demo.example`,
    password: randomBytes(12).toString("base64url"),
  }));
}

const actor = system("demo");

/** True when the account is there with the password that we know. */
async function ensureAccount(app: App, account: Kept["accounts"][number]): Promise<boolean> {
  const { role, email, password } = account;
  let accountId: string;
  try {
    ({ id: accountId } = await app.execute(identity.registerAccount, { email, password }, { actor }));
  } catch (error) {
    if (!isError(error, identity.registerAccount, "EMAIL_TAKEN")) throw error;
    // An earlier start got this far, or the account is not ours; the password tells which.
    try {
      ({ accountId } = await app.execute(identity.openSession, { email, password }, { actor }));
    } catch (refusal) {
      if (isError(refusal, identity.openSession, "INVALID_CREDENTIALS")) return false;
      if (isError(refusal, identity.openSession, "TOO_MANY_ATTEMPTS")) return false;
      throw refusal;
    }
  }
  if (role !== "customer") await app.execute(identity.grantRole, { accountId, role }, { actor });
  return true;
}

async function ensureCatalogue(app: App): Promise<void> {
  const { items } = await app.execute(catalog.searchProducts, { limit: 1 }, { actor });
  if (items.length > 0) return;
  const rows = demoProducts.map((row, index) => ({ line: index + 1, row }));
  await app.execute(catalog.importProducts, { rows }, { actor });
}

/** Beside the embedded database, so that whoever deletes the one deletes the other; else by the database's address. */
function credentialsFile({ database, home }: Configuration): string {
  if (database.kind === "embedded") return join(database.directory, "demo.json");
  return join(home, `demo-${addressName(database)}.json`);
}

function read(file: string): Kept | null {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Kept) : null;
}

/** Written beside and renamed, so that a process killed meanwhile leaves the old file or the new one. */
function write(file: string, kept: Kept): Kept {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
  return kept;
}
