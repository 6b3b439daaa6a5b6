import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import { serveTasks } from "../child.ts";
import { Price, PriceQuestion, priceOf } from "../clients/call-modules.ts";

/** The same function behind HTTP, with its schemas compiled: what a call costs between two services. */
const server = Fastify();
server.post("/price", { schema: { body: PriceQuestion, response: { 200: Price } } }, ({ body }) =>
  priceOf(body as Parameters<typeof priceOf>[0]),
);
await server.listen({ host: "127.0.0.1", port: 0 });
serveTasks({ port: () => (server.server.address() as AddressInfo).port }, () => server.close());
