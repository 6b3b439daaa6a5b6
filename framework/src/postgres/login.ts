import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import pg from "pg";
import type { AdminClient } from "./admin-connection.ts";
import type { ConnectionAddress } from "./connection.ts";
import { DatabaseError } from "./errors.ts";
import { consoleRole } from "./roles.ts";

/** Where and as whom the app's pool connects. */
export interface LoginConnection extends ConnectionAddress {
  readonly password: string;
}

export function loginConnection(client: AdminClient, app: string, password: string): LoginConnection {
  return {
    host: client.host,
    port: client.port,
    database: client.database ?? app,
    user: app,
    password,
    ...(client.ssl ? { ssl: client.ssl } : {}),
  };
}

/** The console's login. Its password is derived from that of the app's, so whoever has that one has this one too. */
export function consoleLogin(app: LoginConnection): LoginConnection {
  const user = consoleRole(app.user);
  const password = createHmac("sha256", app.password).update(`ashlar login of ${user}`).digest("base64url");
  return { ...app, user, password };
}

/**
 * The password of the app's login: the given one, or one that every instance with the same admin password
 * works out alike, so that several can start at once without agreeing first.
 */
export function choosePassword(client: AdminClient, app: string, given: string | undefined): string {
  if (given !== undefined) return given;
  // A server that trusts the connection asked for none; then it does not look at the login's either.
  const key =
    typeof client.password === "string" && client.password !== "" ? client.password : randomBytes(32);
  return createHmac("sha256", key).update(`ashlar login of ${app}`).digest("base64url");
}

/** Sets the login's password. Done only when it does not get in, so that an ordinary start writes nothing. */
export async function setPassword(
  client: AdminClient,
  connection: LoginConnection,
  isGiven: boolean,
): Promise<void> {
  if (!isGiven && !client.password) {
    throw new DatabaseError(
      "ASHLAR_LOGIN_PASSWORD_REQUIRED",
      `The server lets the admin in without a password but asks one of ${connection.user}. ` +
        "Pass loginPassword, the same on every instance.",
    );
  }
  const verifier = pg.escapeLiteral(scramVerifier(connection.password));
  await client.query(`alter role ${pg.escapeIdentifier(connection.user)} password ${verifier}`);
}

/** Whether the server accepts the login with its password. Throws when it refuses it for another reason. */
export async function getsIn(connection: LoginConnection): Promise<boolean> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 10_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    // 28P01: wrong password. 28000: none set, in some servers.
    const code = (error as { code?: string }).code;
    if (code === "28P01" || code === "28000") return false;
    throw error;
  }
}

const iterations = 4096;

/** What PostgreSQL stores instead of the password; sent in its place, so that no server log can show it. */
export function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password.normalize("NFKC"), salt, iterations, 32, "sha256");
  const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  const serverKey = hmac("Server Key").toString("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}
