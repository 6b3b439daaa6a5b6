// A process with a worker of the lab; its address comes as JSON in the first argument. Each job takes about 1 ms.
import { setTimeout as pause } from "node:timers/promises";
import { startInstance } from "./lab.ts";

const work = async () => {
  await pause(1);
};
await startInstance(JSON.parse(process.argv[2]!), { handlers: { job: work } });
process.stdout.write("working\n");
