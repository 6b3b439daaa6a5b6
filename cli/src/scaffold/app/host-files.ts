import { snakeCase } from "../names.ts";
import type { AppFile } from "./app-files.ts";
import { type AppRequest, namesOf } from "./app-request.ts";
import { APP_TEST, CONFIGURATION_TEST, firstRouteTest } from "./host-tests.ts";

/** The composition root: the one place that knows all modules, the environment and the outside. */
export function hostFiles(request: AppRequest): AppFile[] {
  const { name, module } = request;
  const names = namesOf(request);
  return [
    { path: "host/app.ts", text: app(name, names.contract, module) },
    { path: "host/authenticate.ts", text: AUTHENTICATE },
    { path: "host/configuration.ts", text: configuration(name) },
    { path: "host/console.ts", text: CONSOLE },
    { path: "host/main.ts", text: main(name) },
    { path: "host/test/app.test.ts", text: APP_TEST },
    { path: "host/test/configuration.test.ts", text: CONFIGURATION_TEST },
    { path: `host/test/${names.kebab}-over-http.test.ts`, text: firstRouteTest(names) },
    {
      path: "host/tsconfig.json",
      text: `{
  "extends": "../tsconfig.base.json",
  "compilerOptions": { "rootDir": ".", "outDir": "../.types/host" },
  "include": ["**/*.ts"],
  "references": [{ "path": "../modules/${module}" }, { "path": "../modules/${module}/contract" }]
}
`,
    },
  ];
}

function app(name: string, contract: string, module: string): string {
  return `import { type App, type Authenticate, createApp } from "ashlar/module";
import type { Logger } from "ashlar/telemetry";
import ${contract} from "../modules/${module}/src/module.ts";

/** The modules of the app, those that are called before those that call. */
export const modules = [${contract}];

/** Composes the app and checks all that can be checked without a database. */
export function composeApp(authenticate: Authenticate, log: Logger): App {
  return createApp({ name: "${snakeCase(name)}", modules, authenticate, log });
}
`;
}

const AUTHENTICATE = `import { createHash, timingSafeEqual } from "node:crypto";
import type { Authenticate } from "ashlar/module";

/**
 * Lets in whoever has the one token of the configuration, for everything. Enough for a start and for one machine that
 * calls another; once people sign in, a module that knows them answers here.
 */
export function authenticateBy(token: string): Authenticate {
  const expected = digest(token);
  return async (given) =>
    // Digests have one length, and comparing them takes one time, however much of a guess is right.
    timingSafeEqual(digest(given), expected)
      ? { kind: "account", id: "owner", roles: ["operator"], scopes: null, session: null }
      : null;
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
`;

const CONSOLE = `import { fileURLToPath } from "node:url";
import { type Console, openConsole } from "@ashlar/console";
import type { App, BootReport } from "ashlar/module";

/**
 * Opens the operator's console, which is served at /console/. Actors with the role \`operator\` may act in it, those
 * with the role \`support\` look; whoever signs in shows a token that \`authenticate\` knows. Null without a database
 * login of the console's own.
 */
export async function openOperatorConsole(
  app: App,
  report: BootReport,
  behindHttps: boolean,
): Promise<Console | null> {
  if (report.console === null) return null;
  return await openConsole(app, {
    connection: report.console,
    roles: { operator: "operator", reader: "support" },
    signIn: { asksFor: "token" },
    root: fileURLToPath(new URL("../", import.meta.url)),
    behindHttps,
  });
}
`;

function configuration(name: string): string {
  return `import { fileURLToPath } from "node:url";
import { LOG_LEVELS, type LogLevel, Secret } from "ashlar/telemetry";

/** Everything the environment may say, read once. */
export interface Configuration {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Of an administrator of the database; null for the embedded one, which is for development. */
  readonly databaseUrl: Secret | null;
  readonly embeddedDirectory: string;
  /** What a caller of the API shows. */
  readonly apiToken: Secret;
  /** True when browsers reach it through HTTPS only. */
  readonly behindHttps: boolean;
  readonly logLevel: LogLevel;
}

const DEVELOPMENT_TOKEN = "development";
/** What a bearer token may be, and not shorter. */
const TOKEN = /^[A-Za-z0-9._~+/-]{16,}=*$/;

/** The environment holds values that cannot be. The message lists all of them. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";

  constructor(faults: readonly string[]) {
    super(\`${name} cannot start:\\n\${faults.map((fault) => \`  - \${fault}\`).join("\\n")}\`);
  }
}

/** Reads the settings; an empty value is one that is not set. Throws ConfigurationError listing all faults. */
export function readConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const read = (key: string): string | undefined => environment[key] || undefined;
  const isProduction = read("NODE_ENV") === "production";
  const faults: string[] = [];

  const port = read("PORT") ?? "3000";
  if (!/^[0-9]{1,5}$/.test(port) || Number(port) > 65_535) {
    faults.push(\`PORT is \${JSON.stringify(port)}; it must be a whole number from 0 to 65535\`);
  }
  const logText = read("LOG_LEVEL") ?? "info";
  const logLevel = LOG_LEVELS.find((level) => level === logText) ?? "info";
  if (logLevel !== logText) {
    faults.push(\`LOG_LEVEL is \${JSON.stringify(logText)}; it must be one of \${LOG_LEVELS.join(", ")}\`);
  }
  // Addresses and tokens are secrets, so no fault repeats them.
  const databaseUrl = read("DATABASE_URL") ?? null;
  if (databaseUrl !== null && !/^postgres(?:ql)?:\\/\\/./.test(databaseUrl)) {
    faults.push("DATABASE_URL cannot be read; it must look like postgres://user:password@host:5432/database");
  }
  if (databaseUrl === null && isProduction) {
    faults.push("DATABASE_URL is not set; the embedded PostgreSQL is for development, not for production");
  }
  const apiToken = read("API_TOKEN") ?? (isProduction ? "" : DEVELOPMENT_TOKEN);
  if (!TOKEN.test(apiToken) && (isProduction || apiToken !== DEVELOPMENT_TOKEN)) {
    faults.push("API_TOKEN must be at least 16 letters and digits, so that nobody guesses it");
  }
  const behindHttps = read("BEHIND_HTTPS") ?? "0";
  if (!["0", "1"].includes(behindHttps)) {
    faults.push(\`BEHIND_HTTPS is \${JSON.stringify(behindHttps)}; it must be 0 or 1\`);
  }
  if (faults.length > 0) throw new ConfigurationError(faults);
  return {
    host: read("HOST") ?? "127.0.0.1",
    port: Number(port),
    databaseUrl: databaseUrl === null ? null : new Secret(databaseUrl),
    embeddedDirectory: fileURLToPath(new URL("../.ashlar/postgres", import.meta.url)),
    apiToken: new Secret(apiToken),
    behindHttps: behindHttps === "1",
    logLevel,
  };
}
`;
}

function main(name: string): string {
  return `// \`npm start\`: the whole app in one process. Ends with exit code 0 when it is asked to stop, 1 when it cannot start.
import type { Console } from "@ashlar/console";
import { serve } from "ashlar/http";
import type { App } from "ashlar/module";
import { startEmbeddedPostgres } from "ashlar/postgres";
import { createLog } from "ashlar/telemetry";
import { composeApp } from "./app.ts";
import { authenticateBy } from "./authenticate.ts";
import { type Configuration, ConfigurationError, readConfiguration } from "./configuration.ts";
import { openOperatorConsole } from "./console.ts";

/** In a terminal one Ctrl-C reaches the process twice: from the terminal, and once more passed on by npm. */
const SAME_KEYSTROKE_MS = 500;

const stopping = Promise.withResolvers<void>();
let stoppedAt: number | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stoppedAt !== undefined && performance.now() - stoppedAt > SAME_KEYSTROKE_MS) process.exit(1);
    stoppedAt ??= performance.now();
    stopping.resolve();
  });
}

try {
  await run(readConfiguration(process.env));
} catch (error) {
  console.error(isExpected(error) ? error.message : error);
  process.exitCode = 1;
}

/** Starts from the inside out and stops in the other direction, also when something on the way fails. */
async function run(configuration: Configuration): Promise<void> {
  const { apiToken, logLevel } = configuration;
  const log = createLog({ level: logLevel });
  const app = composeApp(authenticateBy(apiToken.reveal()), log);
  const database = await openDatabase(configuration);
  try {
    const report = await app.start({ adminUrl: database.url });
    for (const { wall, why } of report.softWalls) log.warn({ wall, why }, "a wall is softer on this server");
    const operators = await openOperatorConsole(app, report, configuration.behindHttps);
    try {
      await serveUntilStopped(app, operators, configuration);
    } finally {
      await operators?.stop();
    }
  } finally {
    await app.stop();
    await database.stop();
  }
}

async function serveUntilStopped(
  app: App,
  operators: Console | null,
  { host, port, behindHttps }: Configuration,
): Promise<void> {
  const edge = await serve(app, {
    host,
    port,
    behindHttps,
    parts: operators === null ? [] : [operators],
    api: { title: "${name}", version: "0.1.0" },
  });
  try {
    const worker = await app.work();
    if (operators !== null) console.log(\`console \${edge.url}/console/\`);
    console.log(\`ready \${edge.url}\`);
    await stopping.promise;
    // At once: readiness goes off, no further job is claimed, and what runs on either side is let run.
    await Promise.all([edge.stop(), worker.stop()]);
  } finally {
    await edge.stop();
  }
}

async function openDatabase(configuration: Configuration): Promise<{ url: string; stop(): Promise<void> }> {
  const { databaseUrl, embeddedDirectory } = configuration;
  if (databaseUrl !== null) return { url: databaseUrl.reveal(), stop: async () => {} };
  return await startEmbeddedPostgres({ directory: embeddedDirectory, database: "${snakeCase(name)}" });
}

/** Whether the message alone says what happened and what to do. */
function isExpected(error: unknown): error is Error {
  return (
    error instanceof ConfigurationError || String((error as { code?: unknown })?.code).startsWith("ASHLAR_")
  );
}
`;
}
