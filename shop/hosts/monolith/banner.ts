import type { BootReport } from "ashlar/module";
import type { DemoAccount } from "./demo.ts";

/** What somebody who has just started the shop wants to know, a line each. */
export function banner(parts: {
  readonly url: string;
  readonly database: string;
  readonly report: BootReport;
  readonly demo: readonly DemoAccount[];
}): string {
  const { url, database, report, demo } = parts;
  const lines: (readonly [label: string, text: string])[] = [
    ["API", `${url}/v1, described at ${url}/openapi.json`],
    ["Database", database],
    ["Walls", walls(report)],
    ...demo.map(({ role, email, password }): [string, string] => [
      role === "operator" ? "Operator" : "Customer",
      password === null
        ? `${email}, whose password was printed where the account was made`
        : `${email}  password ${password}`,
    ]),
  ];
  return ["The Ashlar shop", ...lines.map(([label, text]) => `  ${label.padEnd(9)} ${text}`)].join("\n");
}

function walls({ walls, softWalls }: BootReport): string {
  const holding = walls?.walls.filter(({ holds }) => holds).length ?? 0;
  const soft = softWalls.map(({ wall, why }) => `${wall} (${why})`);
  return soft.length === 0
    ? `all ${holding} hold`
    : `${holding} hold; softer on this server: ${soft.join(", ")}`;
}
