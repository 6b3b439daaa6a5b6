import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
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
    };
    assert.deepEqual(readConfiguration(environment), {
      host: "0.0.0.0",
      port: 0,
      database: { kind: "given", url, loginPassword: "login" },
      demo: true,
      home: "/var/lib/shop",
      logLevel: "warn",
      poolSize: 20,
    });
  });

  it("brings no demo data into a given database unless it is asked to", () => {
    const DATABASE_URL = "postgres://db.example/shop";
    assert.equal(readConfiguration({ DATABASE_URL }).demo, false);
    assert.equal(readConfiguration({ ASHLAR_DEMO: "0" }).demo, false);
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
    };
    assert.throws(
      () => readConfiguration(environment),
      (error: unknown) => {
        assert.ok(error instanceof ConfigurationError);
        assert.equal(error.message.split("\n").length, 6);
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

  it("cannot be changed afterwards", () => {
    const configuration = readConfiguration({});
    assert.ok(Object.isFrozen(configuration) && Object.isFrozen(configuration.database));
  });

  it("is described in the README, every setting and no other", () => {
    const folder = join(import.meta.dirname, "../hosts/monolith");
    const described = readFileSync(join(folder, "README.md"), "utf8").matchAll(/^\| `([A-Z_]+)` \|/gm);
    const read = readFileSync(join(folder, "configuration.ts"), "utf8").matchAll(
      /(?:read|integer|oneOf)\("([A-Z_]+)"/g,
    );
    const names = (found: Iterable<RegExpMatchArray>) => [...found].map(([, name]) => name).sort();
    assert.deepEqual(names(described), names(read));
  });
});
