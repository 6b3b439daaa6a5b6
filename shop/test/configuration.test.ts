import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { OtlpTarget, Secret } from "ashlar/telemetry";
import { ConfigurationError, readConfiguration } from "../hosts/monolith/configuration.ts";

describe("the configuration", () => {
  it("needs nothing: it serves this machine alone, on the embedded database of the repository", () => {
    const home = join(import.meta.dirname, "../../.ashlar");
    assert.deepEqual(readConfiguration({}), {
      host: "127.0.0.1",
      port: 3000,
      database: { kind: "embedded", directory: join(home, "postgres") },
      demo: true,
      home,
      logLevel: "info",
      poolSize: undefined,
      jobs: { concurrency: undefined, pollOnly: false },
      payments: { kind: "local", webhookSecret: undefined },
      unpaidMinutes: 30,
      mailDirectory: join(home, "mail"),
      metrics: {},
      console: true,
      behindHttps: false,
      release: "0.1.0",
      collector: undefined,
      serviceName: "shop",
    });
  });

  it("takes what the environment says", () => {
    const url = "postgres://admin:secret@db.example/shop";
    const environment = {
      HOST: "0.0.0.0",
      PORT: "0",
      DATABASE_URL: url,
      DATABASE_LOGIN_PASSWORD: "login",
      ASHLAR_DEMO: "1",
      ASHLAR_HOME: "/var/lib/shop",
      LOG_LEVEL: "warn",
      POOL_SIZE: "20",
      JOBS_CONCURRENCY: "8",
      JOBS_POLL_ONLY: "1",
      PAYMENT_PROVIDER_URL: "https://payments.example",
      PAYMENT_PROVIDER_KEY: "key",
      PAYMENT_WEBHOOK_SECRET: "0123456789abcdef",
      UNPAID_MINUTES: "5",
      MAIL_DIRECTORY: "/var/spool/shop",
      METRICS_TOKEN: "fedcba9876543210",
      CONSOLE: "0",
      BEHIND_HTTPS: "1",
      RELEASE: "1.4.2",
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector.example",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20secret",
      OTEL_SERVICE_NAME: "shop-eu",
    };
    const configuration = readConfiguration(environment);
    assert.deepEqual(revealed(configuration), {
      host: "0.0.0.0",
      port: 0,
      database: { kind: "given", url, loginPassword: "login" },
      demo: true,
      home: "/var/lib/shop",
      logLevel: "warn",
      poolSize: 20,
      jobs: { concurrency: 8, pollOnly: true },
      payments: {
        kind: "given",
        url: "https://payments.example",
        key: "key",
        webhookSecret: "0123456789abcdef",
      },
      unpaidMinutes: 5,
      mailDirectory: "/var/spool/shop",
      metrics: { token: "fedcba9876543210" },
      console: false,
      behindHttps: true,
      release: "1.4.2",
      collector: new OtlpTarget("https://collector.example", { authorization: "Bearer secret" }),
      serviceName: "shop-eu",
    });
  });

  it("shows no secret to whoever prints it", () => {
    const printed = inspect(
      readConfiguration({
        DATABASE_URL: "postgres://admin:hidden@db.example/shop",
        DATABASE_LOGIN_PASSWORD: "hidden",
        PAYMENT_PROVIDER_URL: "https://payments.example",
        PAYMENT_PROVIDER_KEY: "hidden",
        PAYMENT_WEBHOOK_SECRET: "hidden, and long enough",
        OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector.example",
        OTEL_EXPORTER_OTLP_HEADERS: "authorization=hidden",
      }),
      { depth: null },
    );
    assert.match(printed, /\[secret\]/);
    assert.doesNotMatch(printed, /hidden/);
  });

  it("brings no demo data into a given database unless it is asked to", () => {
    const DATABASE_URL = "postgres://db.example/shop";
    assert.equal(readConfiguration({ DATABASE_URL }).demo, false);
    assert.equal(readConfiguration({ ASHLAR_DEMO: "0" }).demo, false);
  });

  it("shows the metrics of a given database's shop to nobody without a token", () => {
    assert.equal(readConfiguration({ DATABASE_URL: "postgres://db.example/shop" }).metrics, false);
  });

  it("takes an empty value for one that is not set", () => {
    assert.deepEqual(readConfiguration({ PORT: "", HOST: "", DATABASE_URL: "" }), readConfiguration({}));
  });

  it("tells all faults at once, and no password", () => {
    const environment = {
      PORT: "65536",
      HOST: "a b",
      DATABASE_URL: "secret",
      LOG_LEVEL: "INFO",
      POOL_SIZE: "1e1",
      JOBS_CONCURRENCY: "0",
      JOBS_POLL_ONLY: "yes",
      PAYMENT_PROVIDER_URL: "secret",
      PAYMENT_WEBHOOK_SECRET: "secret",
      UNPAID_MINUTES: "-1",
      METRICS_TOKEN: "secret",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://user:secret@collector.example",
    };
    assert.throws(
      () => readConfiguration(environment),
      (error: unknown) => {
        assert.ok(error instanceof ConfigurationError);
        assert.equal(error.message.split("\n").length, 14);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
    );
  });

  it("tells one fault in one sentence", () => {
    assert.throws(() => readConfiguration({ DATABASE_LOGIN_PASSWORD: "x" }), {
      code: "SHOP_CONFIGURATION_INVALID",
      message: /^The shop cannot start: DATABASE_LOGIN_PASSWORD is set without DATABASE_URL; .*\.$/,
    });
  });

  it("wants a key and a secret for a provider of one's own, and no key for the local one", () => {
    assert.throws(() => readConfiguration({ PAYMENT_PROVIDER_URL: "https://payments.example" }), {
      message: /PAYMENT_PROVIDER_KEY is not set.*\n.*PAYMENT_WEBHOOK_SECRET is not set/,
    });
    assert.throws(() => readConfiguration({ PAYMENT_PROVIDER_KEY: "hidden" }), {
      message: /^(?!.*hidden).*PAYMENT_PROVIDER_KEY is set without PAYMENT_PROVIDER_URL/,
    });
  });

  it("takes a collector's headers from where the other exporters of OpenTelemetry take them, and tells no token", () => {
    const OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:4318";
    const { collector } = readConfiguration({
      OTEL_EXPORTER_OTLP_ENDPOINT,
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20hidden",
    });
    assert.deepEqual(
      [collector?.url, collector?.headers()],
      ["http://127.0.0.1:4318/v1/traces", { authorization: "Bearer hidden" }],
    );
    assert.throws(
      () => readConfiguration({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS: "Bearer hidden" }),
      { message: /^(?!.*hidden).*OTEL_EXPORTER_OTLP_HEADERS cannot be used: .*\.$/ },
    );
    assert.equal(readConfiguration({ OTEL_EXPORTER_OTLP_HEADERS: "a=b" }).collector, undefined);
  });

  it("cannot be changed afterwards", () => {
    const configuration = readConfiguration({});
    for (const part of [configuration, configuration.database, configuration.jobs, configuration.payments]) {
      assert.ok(Object.isFrozen(part));
    }
  });

  for (const page of ["shop/hosts/monolith/README.md", "docs/reference/configuration.md"]) {
    it(`is described in ${page}, every setting and no other`, () => {
      const root = join(import.meta.dirname, "../..");
      const described = readFileSync(join(root, page), "utf8").matchAll(/^\| `([A-Z_]+)` \|/gm);
      const read = readFileSync(join(root, "shop/hosts/monolith/configuration.ts"), "utf8").matchAll(
        /(?:read|integer|oneOf)\("([A-Z_]+)"/g,
      );
      const names = (found: Iterable<RegExpMatchArray>) => [...found].map(([, name]) => name).sort();
      assert.deepEqual(names(described), names(read));
    });
  }
});

/** Two secrets are equal to `deepEqual` whatever they hold, so they are compared by what they hold. */
function revealed(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (typeof value !== "object" || value === null || value instanceof OtlpTarget) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, revealed(each)]));
}
