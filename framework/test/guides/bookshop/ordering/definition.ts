import { define, ports } from "ashlar/module";
import { ordering } from "./contract.ts";

export interface Mailer {
  send(
    mail: { readonly to: string; readonly subject: string },
    options: { signal: AbortSignal },
  ): Promise<void>;
}

export const definition = define(ordering, {
  ports: ports<{ mail: Mailer }>("mail"),
  queues: { mail: { concurrency: 5, limit: 20 } },
});
export const { handle, job, perform, on, schedule } = definition;
