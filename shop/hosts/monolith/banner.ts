import type { Role } from "@shop/identity";
import type { BootReport } from "ashlar/module";
import { TEST_CARDS } from "../../payment-provider/test-cards.ts";
import type { DemoAccount } from "./demo.ts";
import type { Payments } from "./payments.ts";
import type { StartedShop } from "./start-shop.ts";

/** What somebody who has just started the shop wants to know, a line each. */
export function banner(parts: {
  readonly url: string;
  readonly hasConsole: boolean;
  readonly shop: StartedShop;
  readonly payments: Payments;
  readonly mailDirectory: string;
  readonly demo: readonly DemoAccount[];
}): string {
  const { url, hasConsole, shop, payments, mailDirectory, demo } = parts;
  const lines: (readonly [label: string, text: string])[] = [
    ["API", `${url}/v1, described at ${url}/openapi.json`],
    ...(hasConsole ? [["Console", `${url}/console/`] as [string, string]] : []),
    ["Database", shop.database],
    ["Walls", walls(shop.report)],
    ["Payments", payments.isLocal ? `local provider at ${payments.url}` : payments.url],
    ...(payments.isLocal ? [["Cards", Object.keys(TEST_CARDS).join(", ")] as [string, string]] : []),
    ["Mail", `files in ${mailDirectory}`],
    ...demo.map(({ role, email, password }): [string, string] => [
      DEMO_LABELS[role],
      password === null
        ? `${email}, whose password was printed where the account was made`
        : `${email}  password ${password}`,
    ]),
  ];
  return ["The Ashlar shop", ...lines.map(([label, text]) => `  ${label.padEnd(9)} ${text}`)].join("\n");
}

const DEMO_LABELS: Readonly<Record<Role, string>> = {
  operator: "Operator",
  support: "Support",
  customer: "Customer",
};

function walls({ walls, softWalls }: BootReport): string {
  const holding = walls?.walls.filter(({ holds }) => holds).length ?? 0;
  const soft = softWalls.map(({ wall, why }) => `${wall} (${why})`);
  return soft.length === 0
    ? `all ${holding} hold`
    : `${holding} hold; softer on this server: ${soft.join(", ")}`;
}
