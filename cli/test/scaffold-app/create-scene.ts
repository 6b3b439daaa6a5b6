import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { BINARY, type Ended } from "../cli-scene.ts";

/** Both ways to make a project: they are the same code, and are to behave alike. */
export const WAYS = {
  "create-ashlar": [fileURLToPath(new URL("../../../create-ashlar/bin/create-ashlar.js", import.meta.url))],
  "ashlar new app": [BINARY, "new", "app"],
} as const;

export type Way = keyof typeof WAYS;

export interface Creation {
  readonly ended: Promise<Ended>;
  /** Sends a signal once the program is at that npm which was put in its way. */
  interrupt(): Promise<void>;
}

/** An empty folder, and an npm in front of the real one that does what a test wants. */
export function createScene() {
  const folder = mkdtempSync(join(tmpdir(), "ashlar-create-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const programs = join(folder, "programs");
  const work = join(folder, "work");
  mkdirSync(programs);
  mkdirSync(work);
  return {
    work,
    /** `script` is for sh. */
    npm(script: string): void {
      writeFileSync(join(programs, "npm"), `#!/bin/sh\n${script}\n`);
      chmodSync(join(programs, "npm"), 0o755);
    },
    start(way: Way, ...words: string[]): Creation {
      const child = spawn(process.execPath, [...WAYS[way], ...words], {
        cwd: work,
        env: { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH}` },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
      });
      return {
        ended: once(child, "close").then(([code]) => ({ code, stdout, stderr })),
        async interrupt() {
          child.kill("SIGINT");
          await once(child, "close");
        },
      };
    },
  };
}
