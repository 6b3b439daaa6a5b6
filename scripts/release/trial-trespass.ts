import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { MadeProject } from "./made-project.ts";

const LOADER = ["npx", "node", "--import", "ashlar/boundary/register"] as const;

/** The module stock reaches past the contract of orders, and for its contract without declaring it. */
export async function trespassByImport(project: MadeProject): Promise<void> {
  const file = "modules/stock/src/trespass.ts";
  const internals = 'export { default } from "../../orders/src/module.ts";\n';
  await project.while(file, internals, async () => {
    await project.refuses("orders", ["npx", "tsc", "-b"]);
    await project.refuses("orders", ["npx", "ashlar", "check"]);
    await project.refuses("MODULE_BOUNDARY", [...LOADER, file]);
  });
  const undeclared = 'export { orders } from "@my-shop/orders";\n';
  await project.while(file, undeclared, async () => {
    await project.refuses("only-contracts-of-declared-dependencies", ["npx", "tsc", "-b"]);
    await project.refuses("orders", ["npx", "ashlar", "check"]);
    await project.refuses("MODULE_BOUNDARY", [...LOADER, file]);
  });
}

/** A query of stock reads the table of orders. The compiler reads no SQL; whoever runs it runs into the wall. */
export async function trespassBySql(project: MadeProject): Promise<void> {
  const file = "modules/stock/src/get-item.ts";
  const source = readFileSync(project.path(file), "utf8");
  const trespass = source.replaceAll("stock.items", "orders.orders");
  if (trespass === source) throw new Error(`${file} has no statement on stock.items.`);
  await project.while(file, trespass, async () => {
    await project.refuses("orders", ["npx", "ashlar", "check"]);
    const app = await project.start(["npm", "start"], {});
    const { status } = await fetch(`${app.url}/v1/items/${randomUUID()}`, {
      headers: { authorization: "Bearer development" },
    });
    await app.stop();
    if (status !== 500 || !app.output().includes("The wall refused role")) {
      throw new Error(`The query answered ${status}, and the log says:\n${app.output()}`);
    }
  });
}
