import { fileURLToPath } from "node:url";
import { type Console, type ConsoleOptions, openConsole } from "@ashlar/console";
import { identity } from "@shop/identity";
import type { Configuration } from "./configuration.ts";
import type { StartedShop } from "./start-shop.ts";

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));

/** Opens the console for operators and support, who sign in as everywhere in the shop. Null when it is switched off. */
export async function openShopConsole(
  { app, report }: StartedShop,
  { console: isOn, behindHttps }: Configuration,
  looking: Pick<ConsoleOptions, "checks"> = {},
): Promise<Console | null> {
  if (!isOn || report.console === null) return null;
  return await openConsole(app, {
    connection: report.console,
    roles: { operator: "operator", reader: "support" },
    signIn: {
      asksFor: "password",
      open: async ({ name, password }, execute) =>
        (await execute(identity.openSession, { email: name, password })).token,
      close: async (_token, execute) => {
        await execute(identity.closeSession, {});
      },
    },
    root: REPOSITORY,
    behindHttps,
    ...looking,
  });
}
