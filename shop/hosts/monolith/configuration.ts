import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LOG_LEVELS, type LogLevel, OtlpTarget, OtlpTargetError, Secret } from "ashlar/telemetry";

/** Everything the environment may say, read once. Values are checked, defaults filled in, the object frozen. */
export interface Configuration {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly database: EmbeddedDatabase | GivenDatabase;
  /** Whether a database that is new gets the demo catalogue and accounts. */
  readonly demo: boolean;
  /** Directory for what the shop keeps beside the database; the embedded database is in it too. */
  readonly home: string;
  readonly logLevel: LogLevel;
  /** Most database connections at once; the pool's own default unless given. */
  readonly poolSize: number | undefined;
  readonly jobs: {
    /** Most jobs at once; the worker's own default unless given. */
    readonly concurrency: number | undefined;
    /** Without LISTEN and advisory locks: for a database behind a pooler. */
    readonly pollOnly: boolean;
  };
  readonly payments: LocalPayments | GivenPayments;
  /** A placed order that is not paid for so long expires. */
  readonly unpaidMinutes: number;
  /** Where mails are put as files. */
  readonly mailDirectory: string;
  /** Who may read /metrics: who has the token, without one this machine in development and else nobody. */
  readonly metrics: { readonly token?: string } | false;
  /** Whether the operator's console is served, under /console/. */
  readonly console: boolean;
  /** True when browsers reach the shop only through HTTPS. */
  readonly behindHttps: boolean;
  /** What is running, for people: a version or a commit. */
  readonly release: string;
  /** Where kept traces are sent besides the database, if anywhere. */
  readonly collector: OtlpTarget | undefined;
  /** What a collector knows the shop by. */
  readonly serviceName: string;
}

/** The payment provider for development, started beside the shop. */
export interface LocalPayments {
  readonly kind: "local";
  /** Signs its notices; made up at every start unless given. */
  readonly webhookSecret: Secret | undefined;
}

/** A payment provider that runs by itself and knows where to send its notices. */
export interface GivenPayments {
  readonly kind: "given";
  readonly url: string;
  readonly key: Secret;
  readonly webhookSecret: Secret;
}

export interface EmbeddedDatabase {
  readonly kind: "embedded";
  readonly directory: string;
}

export interface GivenDatabase {
  readonly kind: "given";
  /** Of an administrator: a superuser, or the database's owner with CREATEROLE. */
  readonly url: Secret;
  readonly loginPassword: Secret | undefined;
}

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));
const { version: VERSION } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as {
  version: string;
};

/** The environment holds values that cannot be. The message lists all of them. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly code = "SHOP_CONFIGURATION_INVALID";

  constructor(faults: readonly string[]) {
    super(
      faults.length === 1
        ? `The shop cannot start: ${faults[0]}.`
        : `The shop cannot start, ${faults.length} settings are wrong:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`,
    );
  }
}

/** Reads the settings; an empty value is one that is not set. Throws ConfigurationError listing all faults. */
export function readConfiguration(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Configuration> {
  const faults: string[] = [];
  const read = (name: string): string | undefined => {
    const value = environment[name];
    return value === undefined || value === "" ? undefined : value;
  };
  const integer = (name: string, least: number, most: number): number | undefined => {
    const text = read(name);
    if (text === undefined) return undefined;
    const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    faults.push(`${name} is ${JSON.stringify(text)}; it must be a whole number from ${least} to ${most}`);
    return undefined;
  };
  const oneOf = <T extends string>(name: string, known: readonly T[]): T | undefined => {
    const text = read(name);
    const value = known.find((each) => each === text);
    if (text !== undefined && value === undefined) {
      faults.push(`${name} is ${JSON.stringify(text)}; it must be one of ${known.join(", ")}`);
    }
    return value;
  };

  const host = read("HOST") ?? "127.0.0.1";
  if (!/^[A-Za-z0-9.:_-]+$/.test(host)) {
    faults.push(`HOST is ${JSON.stringify(host)}; it must be an address or a name of this machine`);
  }
  const home = resolve(read("ASHLAR_HOME") ?? join(REPOSITORY, ".ashlar"));
  const url = read("DATABASE_URL");
  // The value may hold a password, so no fault repeats it.
  if (url !== undefined && !isPostgresUrl(url)) {
    faults.push("DATABASE_URL cannot be read; it must look like postgres://user:password@host:5432/database");
  }
  const loginPassword = read("DATABASE_LOGIN_PASSWORD");
  if (loginPassword !== undefined && url === undefined) {
    faults.push("DATABASE_LOGIN_PASSWORD is set without DATABASE_URL; the embedded database needs none");
  }
  const payments = readPayments(read, faults);
  const metricsToken = read("METRICS_TOKEN");
  if (metricsToken !== undefined && !METRICS_TOKEN.test(metricsToken)) {
    faults.push("METRICS_TOKEN must be 16 or more letters, digits or characters of . _ ~ + / = -");
  }
  const collector = readCollector(
    read("OTEL_EXPORTER_OTLP_ENDPOINT"),
    read("OTEL_EXPORTER_OTLP_HEADERS"),
    faults,
  );
  const demo = oneOf("ASHLAR_DEMO", ["0", "1"]);
  const configuration: Configuration = {
    host,
    port: integer("PORT", 0, 65_535) ?? 3000,
    database:
      url === undefined
        ? { kind: "embedded", directory: join(home, "postgres") }
        : { kind: "given", url: new Secret(url), loginPassword: secret(loginPassword) },
    demo: demo === undefined ? url === undefined : demo === "1",
    home,
    logLevel: oneOf("LOG_LEVEL", LOG_LEVELS) ?? "info",
    poolSize: integer("POOL_SIZE", 1, 1000),
    jobs: {
      concurrency: integer("JOBS_CONCURRENCY", 1, 1000),
      pollOnly: oneOf("JOBS_POLL_ONLY", ["0", "1"]) === "1",
    },
    payments,
    unpaidMinutes: integer("UNPAID_MINUTES", 0, 525_600) ?? 30,
    mailDirectory: resolve(read("MAIL_DIRECTORY") ?? join(home, "mail")),
    metrics: metricsToken !== undefined ? { token: metricsToken } : url === undefined ? {} : false,
    console: oneOf("CONSOLE", ["0", "1"]) !== "0",
    behindHttps: oneOf("BEHIND_HTTPS", ["0", "1"]) === "1",
    release: read("RELEASE") ?? VERSION,
    collector,
    serviceName: read("OTEL_SERVICE_NAME") ?? "shop",
  };
  if (faults.length > 0) throw new ConfigurationError(faults);
  for (const part of [configuration.database, configuration.jobs, configuration.payments]) {
    Object.freeze(part);
  }
  return Object.freeze(configuration);
}

/** Keys and secrets are in no fault. */
function readPayments(
  read: (name: string) => string | undefined,
  faults: string[],
): LocalPayments | GivenPayments {
  const url = read("PAYMENT_PROVIDER_URL");
  const key = read("PAYMENT_PROVIDER_KEY");
  const webhookSecret = read("PAYMENT_WEBHOOK_SECRET");
  if (webhookSecret !== undefined && webhookSecret.length < LEAST_SECRET) {
    faults.push(
      `PAYMENT_WEBHOOK_SECRET is too short to keep forgers out; take at least ${LEAST_SECRET} characters`,
    );
  }
  if (url === undefined) {
    if (key !== undefined) {
      faults.push("PAYMENT_PROVIDER_KEY is set without PAYMENT_PROVIDER_URL; the local provider needs none");
    }
    return { kind: "local", webhookSecret: secret(webhookSecret) };
  }
  if (!isHttpUrl(url))
    faults.push("PAYMENT_PROVIDER_URL cannot be read; it must look like https://payments.example");
  for (const [name, value] of [
    ["PAYMENT_PROVIDER_KEY", key],
    ["PAYMENT_WEBHOOK_SECRET", webhookSecret],
  ]) {
    if (value === undefined)
      faults.push(`${name} is not set; the provider of PAYMENT_PROVIDER_URL has given it to you`);
  }
  return { kind: "given", url, key: new Secret(key ?? ""), webhookSecret: new Secret(webhookSecret ?? "") };
}

function secret(text: string | undefined): Secret | undefined {
  return text === undefined ? undefined : new Secret(text);
}

/** Headers without an endpoint are no fault: another program of this environment may be meant. */
function readCollector(
  endpoint: string | undefined,
  headers: string | undefined,
  faults: string[],
): OtlpTarget | undefined {
  if (endpoint === undefined) return undefined;
  try {
    return OtlpTarget.parse(endpoint, headers);
  } catch (error) {
    if (!(error instanceof OtlpTargetError)) throw error;
    const name = error.part === "endpoint" ? "OTEL_EXPORTER_OTLP_ENDPOINT" : "OTEL_EXPORTER_OTLP_HEADERS";
    faults.push(`${name} cannot be used: ${error.message.replace(/\.$/, "")}`);
    return undefined;
  }
}

const LEAST_SECRET = 16;
const METRICS_TOKEN = /^[A-Za-z0-9._~+/=-]{16,}$/;

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
}

/** The address of a given database as a part of a file's name, for what is kept apart for each. */
export function addressName({ url }: GivenDatabase): string {
  const { hostname, port, pathname } = new URL(url.reveal());
  return `${hostname}-${port || 5432}-${pathname.slice(1)}`.replaceAll(/[^A-Za-z0-9.-]/g, "_");
}

function isPostgresUrl(text: string): boolean {
  try {
    return ["postgres:", "postgresql:"].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}
