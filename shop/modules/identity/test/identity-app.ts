import assert from "node:assert/strict";
import type { AnyOperation, InputOf, OutputOf } from "ashlar/contract";
import { validator } from "ashlar/contract";
import { type Actor, anonymous, system } from "ashlar/module";
import { type TestApp, testApp } from "ashlar/testing";
import { identity } from "../contract/index.ts";
import module from "../src/module.ts";

export const PASSWORD = "a staple of horses";
export const host = system("host");

export interface IdentityApp extends TestApp {
  /** Runs an operation and holds its answer against the contract. */
  run<Op extends AnyOperation>(operation: Op, input: InputOf<Op>, actor?: Actor): Promise<OutputOf<Op>>;
  register(email: string, password?: string): Promise<string>;
  /** Signs in, and comes back as who the token says. */
  signIn(email: string, password?: string): Promise<{ token: string; actor: Actor }>;
  /** Whose token it is, as a host would tell its routes. */
  actorOf(token: string): Promise<Actor | null>;
}

export async function identityApp(settings: object = {}): Promise<IdentityApp> {
  const test = await testApp({
    modules: [module],
    // The edge asks it for tokens; here actors are given to `run`.
    authenticate: async () => null,
    settings: { identity: { sessionIdleMinutes: 60, sessionMaxDays: 7, ...settings } },
  });
  const run: IdentityApp["run"] = async (operation, input, actor = anonymous) => {
    const output = await test.app.execute(operation, input, { actor });
    assert.deepEqual(validator(operation.output).violations(output), []);
    return output;
  };
  const actorOf: IdentityApp["actorOf"] = async (token) => {
    const found = await run(identity.authenticate, { token });
    if (found === null) return null;
    const { accountId: id, roles, scopes, session } = found;
    return { kind: "account", id, roles, scopes, session };
  };
  return {
    ...test,
    run,
    actorOf,
    async register(email, password = PASSWORD) {
      return (await run(identity.registerAccount, { email, password })).id;
    },
    async signIn(email, password = PASSWORD) {
      const { token } = await run(identity.openSession, { email, password });
      const actor = await actorOf(token);
      assert.ok(actor, "a token just given out is good");
      return { token, actor };
    },
  };
}
