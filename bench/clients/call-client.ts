import { Agent, request } from "node:http";
import { type CallMode, createApp } from "ashlar/module";
import { Pool } from "ashlar/postgres";
import { serveTasks } from "../child.ts";
import { ownCpu } from "../cpu.ts";
import { asking, askingModule, priceOf, pricingModule } from "./call-modules.ts";

/** Calls `priceOf` one after the other in the way that the first argument names. */
const way = process.argv[2];

const ways: Record<string, () => Promise<Record<string, (count: number) => Promise<unknown>>>> = {
  direct: () => byApp("direct"),
  serialised: () => byApp("serialised"),
  function: async () => {
    const call = async (count: number) => {
      for (let i = 0; i < count; i++) await priceOf({ sku: "A-1", quantity: 3 });
    };
    return { query: call, command: call };
  },
  http: async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const port = Number(process.argv[3]);
    const call = async (count: number) => {
      for (let i = 0; i < count; i++) await post(agent, port, { sku: "A-1", quantity: 3 });
    };
    return { query: call, command: call };
  },
};

async function byApp(calls: CallMode) {
  const app = createApp({ name: "bench", modules: [pricingModule, askingModule], calls });
  // Opens nothing until the first statement, and there is none.
  await app.start({
    pool: new Pool({ connection: { host: "127.0.0.1", port: 1, database: "", user: "", password: "" } }),
  });
  const deadline = Date.now() + 3_600_000;
  return {
    query: (count: number) => app.execute(asking.askManyTimes, { count }, { deadline }),
    command: (count: number) => app.execute(asking.reserveManyTimes, { count }, { deadline }),
  };
}

function post(agent: Agent, port: number, input: unknown): Promise<unknown> {
  const body = JSON.stringify(input);
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    request({ host: "127.0.0.1", port, path: "/price", method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve(JSON.parse(text)));
    })
      .on("error", reject)
      .end(body);
  });
}

const calls = await ways[way!]!();
serveTasks({
  call: async ({ kind, count }: { kind: string; count: number }) => {
    const cpu = ownCpu();
    const start = performance.now();
    await calls[kind]!(count);
    const micros = (performance.now() - start) * 1000;
    return { "µs/call": micros / count, "CPU µs/call (caller)": (ownCpu() - cpu) / count };
  },
});
