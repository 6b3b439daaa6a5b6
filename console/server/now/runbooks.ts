import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FIRING_CHECK_IDS, runbookOf } from "ashlar/health";
import { Refusal } from "ashlar/http";
import type { Runbook } from "../../api/now.ts";

/** Where the framework has its own. */
const FRAMEWORK = fileURLToPath(new URL("../../../", import.meta.url));

/** The runbook of a firing check: the project's own, or that of the framework. */
export async function readRunbook(root: string | null, check: string): Promise<Runbook> {
  if (!FIRING_CHECK_IDS.includes(check)) throw new Refusal("ROUTE_NOT_FOUND");
  for (const place of root === null ? [FRAMEWORK] : [root, FRAMEWORK]) {
    const markdown = await textOf(join(place, runbookOf(check)));
    if (markdown !== null) return { check, markdown };
  }
  throw new Refusal("ROUTE_NOT_FOUND", {
    detail: `This instance runs without its documents; with them it is ${runbookOf(check)}.`,
  });
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
