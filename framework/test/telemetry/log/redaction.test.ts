import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { Secret } from "../../../src/telemetry/index.ts";
import { collectedLog } from "./collected-log.ts";

describe("a secret", () => {
  const secret = new Secret("hunter2");

  it("is told to who asks for it", () => {
    assert.equal(secret.reveal(), "hunter2");
  });

  it("is not told to anybody else", () => {
    const shown = [
      JSON.stringify({ secret }),
      inspect(secret, { showHidden: true, depth: null }),
      inspect({ in: [secret] }, { customInspect: false, showHidden: true }),
      `${secret}`,
      String(secret),
      `${secret as unknown as string}!`,
      new Error(`wrong: ${secret}`).message,
      new Error("wrong", { cause: secret }),
      JSON.stringify(Object.entries(secret)),
      structuredClone(secret),
    ];
    for (const each of shown) assert.doesNotMatch(inspect(each), /hunter2/);
    assert.equal(JSON.stringify({ secret }), '{"secret":"[secret]"}');
  });
});

const SENSITIVE = [
  "password",
  "accessToken",
  "x-api-key",
  "Authorization",
  "set-cookie",
  "CLIENT_SECRET",
  "dbPwd",
];

/** A value that holds the secret somewhere where the log has to find it. */
function planted(secret: string): fc.Arbitrary<unknown> {
  const ofServer = Object.assign(new Error(`invalid input syntax for type uuid: "${secret}"`), {
    ...{ severity: "ERROR", code: "22P02", detail: secret, where: secret, internalQuery: secret },
  });
  return fc.oneof(
    fc.constant(new Secret(secret)),
    fc.constantFrom(...SENSITIVE).map((name) => ({ [name]: secret })),
    fc.constantFrom(...SENSITIVE).map((name) => ({ [name]: { deep: [secret] } })),
    fc.constantFrom(...SENSITIVE).map((name) => new Map([[name, secret]])),
    fc.constant(`connecting to postgres://app:${encodeURIComponent(secret)}@db.example:5432/shop`),
    fc.constant(new URL(`https://${encodeURIComponent(secret)}@host.example/path`)),
    fc.constant(new Error(`refused: ${new Secret(secret)}`)),
    fc.constant(Object.assign(new Error("refused"), { password: secret, body: secret, config: { secret } })),
    fc.constant(new Error("outer", { cause: new Error("inner", { cause: ofServer }) })),
    fc.constant(new Error("outer", { cause: { body: secret } })),
    fc.constant(new AggregateError([new Error(`https://u:${encodeURIComponent(secret)}@h`), ofServer])),
    fc.constant(ofServer),
    fc.constant({ toJSON: () => ({ token: secret }) }),
    fc.constant({
      get apiKey() {
        return secret;
      },
    }),
    fc.constant(Object.assign(Object.create({ toString: () => secret }), { token: secret })),
  );
}

const hidden = fc
  .tuple(
    fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9_-]{12,40}$/),
      fc.stringMatching(/^[a-z]{4}[A-Za-z0-9 "'\\{}é:,]{12,40}$/),
    ),
    fc.infiniteStream(fc.nat(5)),
  )
  .chain(([secret, stream]) =>
    planted(secret).map((value) => {
      // Wrapped in so much that is innocent that it may be anywhere.
      let wrapped: unknown = value;
      for (let depth = stream.next().value!; depth > 0; depth--) {
        const kind = stream.next().value!;
        if (kind === 0) wrapped = [1, wrapped, "text"];
        else if (kind === 1) wrapped = new Set([wrapped]);
        else if (kind === 2) wrapped = new Map([["entry", wrapped]]);
        else wrapped = { id: 7, wrapped, other: null };
      }
      return { secret, wrapped };
    }),
  );

describe("a log", () => {
  for (const pretty of [false, true]) {
    it(`never writes a secret ${pretty ? "for people" : "as JSON"}, wherever it is`, () => {
      fc.assert(
        fc.property(hidden, ({ secret, wrapped: value }) => {
          const wrapped = value as object;
          const { log, lines } = collectedLog({ pretty });
          log.info(wrapped);
          log.info({ wrapped }, "with %s and %j and %o", wrapped, wrapped, wrapped);
          log.error({ err: wrapped }, "failed");
          log.error({ err: wrapped });
          log.warn("as an argument: %o", wrapped);
          log.child({ wrapped }).child({ again: wrapped }).info("bound");
          const text = lines.join("");
          for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
            assert.ok(!text.includes(form), text);
          }
          assert.equal(lines.length, 6);
        }),
        { numRuns: 300 },
      );
    });
  }

  it("writes what is no secret beside it", () => {
    const { log, fields } = collectedLog();
    log.info(
      { password: "x", hasPassword: true, token: null, tokens: "x", user: { name: "Ada", pin: 7 } },
      "hello",
    );
    const { level, time, ...rest } = fields()[0]!;
    assert.equal(level, "info");
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(rest, {
      ...{ password: "[secret]", hasPassword: true, token: null, tokens: "[secret]" },
      ...{ user: { name: "Ada", pin: 7 }, msg: "hello" },
    });
  });

  it("hides tokens in texts and leaves prose alone", () => {
    const { log, fields } = collectedLog();
    log.info("sent Authorization: Bearer eyJhbGciOi.J9_x-y and basic functionality by bearer authentication");
    log.info(`see https://example.com/a@b and ${"x".repeat(8_150)} https://app:cut-${"p".repeat(90)}@host`);
    assert.equal(
      fields()[0]!.msg,
      "sent Authorization: Bearer [secret] and basic functionality by bearer authentication",
    );
    const cut = String(fields()[1]!.msg);
    assert.ok(cut.startsWith("see https://example.com/a@b and "), cut.slice(0, 80));
    assert.doesNotMatch(cut, /cut-/);
  });

  it("tells of an actor who it is and not what it may do", () => {
    const { log, fields } = collectedLog();
    log.info({ actor: { kind: "account", id: "7", roles: ["operator"], scopes: null, session: "s-1" } });
    log.child({ actor: { kind: "system", name: "import" } }).info("x");
    log.info({ actor: { kind: "anonymous" } });
    log.info({ actor: "account:8" });
    assert.deepEqual(
      fields().map(({ actor }) => actor),
      ["account:7", "system:import", "anonymous", "account:8"],
    );
  });

  it("describes an error with its causes, and with no other field of it", () => {
    const { log, fields } = collectedLog();
    const root = Object.assign(new Error("no connection"), { code: "ECONNREFUSED", address: "10.0.0.1" });
    const middle = new TypeError("cannot load", { cause: root });
    log.error(
      { err: Object.assign(new Error("cannot start", { cause: middle }), { code: "X_Y", rows: [1] }) },
      "m",
    );
    const err = fields()[0]!.err as Record<string, unknown>;
    assert.deepEqual(Object.keys(err), ["type", "code", "message", "stack", "causes"]);
    assert.deepEqual([err.type, err.code, err.message], ["Error", "X_Y", "cannot start"]);
    assert.match(String(err.stack), /^Error: cannot start\n {4}at .*redaction\.test\.ts/);
    const causes = err.causes as Record<string, unknown>[];
    assert.deepEqual(
      causes.map(({ type, code, message }) => [type, code, message]),
      [
        ["TypeError", undefined, "cannot load"],
        ["Error", "ECONNREFUSED", "no connection"],
      ],
    );
  });

  it("tells what PostgreSQL says of a value only below info", () => {
    const { log, fields } = collectedLog({ level: "debug" });
    const ofServer = (code: string, message: string) =>
      Object.assign(new Error(message), { severity: "ERROR", code, detail: "Key (email)=(ada@x) exists" });
    const syntax = ofServer("22P02", 'invalid input syntax for type uuid: "ada"');
    log.error({ err: syntax });
    log.debug({ err: syntax });
    log.error({ err: ofServer("42P01", 'relation "x.y" does not exist') });
    const told = fields().map(({ err }) => (err as { message: string }).message);
    assert.deepEqual(told, [
      "PostgreSQL refused it with 22P02",
      'invalid input syntax for type uuid: "ada"',
      'relation "x.y" does not exist',
    ]);
    assert.doesNotMatch(JSON.stringify(fields()[0]), /ada/);
  });
});
