import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Somebody who is signed in to the console of a shop. */
export interface Operator {
  /** Answers in milliseconds; throws unless the answer is 200 and not of before. */
  ask(path: string): Promise<number>;
  json<Body>(path: string): Promise<Body>;
  /** Of the live stream, until it is closed. Resolves once it is open. */
  listen(topics: string): Promise<{ close(): void; readonly messages: () => number }>;
  readonly cookie: string;
}

/** Signs in as the operator of the demo, whose password the shop has written to its home. */
export async function signIn(url: string, home: string): Promise<Operator> {
  const { accounts } = JSON.parse(readFileSync(credentialsFile(home), "utf8")) as {
    accounts: { role: string; email: string; password: string }[];
  };
  const { email, password } = accounts.find(({ role }) => role === "operator")!;
  const response = await fetch(`${url}/console/api/session`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url, "x-ashlar-console": "1" },
    body: JSON.stringify({ name: email, password }),
  });
  const cookie = response.headers.getSetCookie()[0]?.split(";")[0];
  if (cookie === undefined) throw new Error(`Signing in was answered with ${response.status}.`);
  const get = (path: string) => fetch(`${url}/console/api${path}`, { headers: { cookie } });
  const answer = async (path: string) => {
    const response = await get(path);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`GET ${path} was answered with ${response.status}: ${text}`);
    return text;
  };
  return {
    cookie,
    async ask(path) {
      const begunAt = performance.now();
      const text = await answer(path);
      const ms = performance.now() - begunAt;
      const { stale } = JSON.parse(text) as { stale?: { reason: string } | null };
      if (stale != null)
        throw new Error(`GET ${path} was answered with what was known before: ${stale.reason}`);
      return ms;
    },
    json: async <Body>(path: string) => JSON.parse(await answer(path)) as Body,
    async listen(topics) {
      const ending = new AbortController();
      const stream = await fetch(`${url}/console/api/live?topics=${topics}`, {
        headers: { cookie },
        signal: ending.signal,
      });
      if (!stream.ok || stream.body === null)
        throw new Error(`The live stream answered with ${stream.status}.`);
      let messages = 0;
      const reading = (async () => {
        for await (const chunk of stream.body!) {
          messages += Buffer.from(chunk).toString("latin1").split("event:").length - 1;
        }
      })();
      reading.catch(() => {});
      return { close: () => ending.abort(), messages: () => messages };
    },
  };
}

/** Its name holds the address of the database. */
function credentialsFile(home: string): string {
  const name = readdirSync(home).find((each) => /^demo-.*\.json$/.test(each));
  if (name === undefined) throw new Error(`The shop has kept no demo accounts in ${home}.`);
  return join(home, name);
}
