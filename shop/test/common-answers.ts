import { randomUUID } from "node:crypto";
import type { Scene } from "./answer-scene.ts";
import type { Reply, RequestParts } from "./shop-client.ts";
import type { Asked, UsualRequest } from "./usual-requests.ts";

/** One way to get one documented answer. */
export interface Attempt {
  readonly route: string;
  /** The status and, of a problem, the code: "200", "403 FORBIDDEN". */
  readonly answer: string;
  /** What the client did. */
  readonly what: string;
  readonly send: () => Promise<Reply>;
}

/** Above every limit. It is announced and never sent: the refusal does not wait for it. */
const TOO_LARGE = String(256 * 1024 * 1024 + 1);
const JSON_TYPE = { "content-type": "application/json" };

/** Success, and the refusals that a route shares with all others of its kind. */
export function commonAnswers(scene: Scene, usual: UsualRequest): Attempt[] {
  const { route, by, keyed, takesQuery, takesBody } = usual;
  const [method, template] = route.split(" ") as [string, string];
  const takesParams = template.includes("{");
  const takesInput = takesParams || takesQuery === true || takesBody === "json";

  async function prepared(change: Asked = {}): Promise<[method: string, path: string, parts: RequestParts]> {
    const { params, query, ...parts } = {
      ...(by === "anyone" ? {} : { token: scene[by].token }),
      ...(keyed?.required ? { key: randomUUID() } : {}),
      ...(await usual.ask()),
      ...change,
    } as Asked;
    return [method, pathOf(template, params) + (query ?? ""), parts];
  }
  const send = async (change?: Asked) => scene.send(...(await prepared(change)));
  const attempt = (answer: string, what: string, sent: Attempt["send"]) => ({
    route,
    answer,
    what,
    send: sent,
  });
  // On a connection of its own, as what follows on this one would be taken for the body.
  async function announce(length: string): Promise<Reply> {
    const [, path, { body: _, text: __, headers, ...parts }] = await prepared();
    return scene.send(method, path, {
      ...parts,
      headers: { ...JSON_TYPE, ...headers, "content-length": length, connection: "close" },
    });
  }
  const json = (text: string) => () => send({ text, headers: JSON_TYPE });

  const attempts = [attempt(String(usual.status), "asks as it should", () => send())];
  if (by !== "anyone") {
    attempts.push(
      attempt("401 UNAUTHENTICATED", "sends a made-up token", () => send({ token: "made-up" })),
      attempt("403 FORBIDDEN", "is not let in by its role or its key's scopes", () =>
        send({ token: by === "operator" ? scene.customer.token : scene.catalogKey }),
      ),
    );
  }
  if (takesInput || keyed) {
    attempts.push(
      attempt("400 REQUEST_INVALID", "sends a parameter that is not known", () =>
        send({ query: "?surplus=1" }),
      ),
      attempt(
        "400 TEXT_INVALID",
        "sends a NUL character",
        method !== "GET"
          ? json('{"name": "\\u0000"}')
          : async () => {
              if (takesParams) return send({ params: { id: "%00", sku: "%00" } });
              const { query = "?cursor=" } = await usual.ask();
              return send({ query: query.replace(/=.*/, "=%00") });
            },
      ),
    );
    if (method !== "GET") {
      attempts.push(
        attempt("400 JSON_MALFORMED", "sends half of an object", json("{")),
        attempt("400 JSON_TOO_COMPLEX", "sends arrays nested 33 deep", json("[".repeat(33) + "]".repeat(33))),
      );
    }
  }
  if (takesBody) {
    attempts.push(
      attempt("413 BODY_TOO_LARGE", "announces a body over the limit", () => announce(TOO_LARGE)),
      attempt("415 MEDIA_TYPE_UNSUPPORTED", "sends plain text", () =>
        send({ text: "please", headers: { "content-type": "text/plain" } }),
      ),
    );
  }
  return keyed === undefined ? attempts : [...attempts, ...keyAnswers(keyed)];

  function keyAnswers({ required, waitsFor }: NonNullable<UsualRequest["keyed"]>): Attempt[] {
    const answers = [
      attempt("400 IDEMPOTENCY_KEY_INVALID", "sends a key with a space", () => send({ key: "a b" })),
      attempt("409 IDEMPOTENCY_KEY_IN_USE", "repeats a request that still runs", async () => {
        const [, path, parts] = await prepared({ key: randomUUID() });
        return scene.sendTwin(waitsFor, method, path, parts);
      }),
    ];
    if (required) {
      answers.push(
        attempt("400 IDEMPOTENCY_KEY_MISSING", "sends no key", async () => {
          const [, path, { key: _, ...parts }] = await prepared();
          return scene.send(method, path, parts);
        }),
      );
    }
    if (takesInput) {
      answers.push(
        attempt("422 IDEMPOTENCY_KEY_REUSED", "sends another request with a key that it used", async () => {
          const [, path, parts] = await prepared({ key: randomUUID() });
          await scene.send(method, path, parts);
          const { params } = await usual.ask();
          const others = { ...params, ...(params?.id ? { id: randomUUID() } : { sku: "anvil" }) };
          return scene.send(method, pathOf(template, others), parts);
        }),
      );
    }
    return answers;
  }
}

function pathOf(template: string, params: Asked["params"]): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => params?.[name] ?? "");
}
