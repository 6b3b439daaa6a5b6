import { CHECK_IDS, type Examination, examine, type Finding, readMachine } from "ashlar/doctor";
import type { Desk } from "../command.ts";
import { DatabaseNotFoundError, openDatabase } from "../database.ts";
import { UsageError } from "../exit-code.ts";
import { loadModel, ModelError } from "../model/model.ts";
import { findProject, type Project, ProjectError } from "../project/project.ts";
import { databaseModules } from "./database-modules.ts";

export interface WhatToExamine {
  readonly database?: string;
  readonly root?: string;
  readonly instances?: number;
  readonly pool?: number;
  readonly surge?: number;
  readonly requestTimeout?: number;
  readonly only?: readonly string[];
}

/** Examines this machine, with the project and the database that the options or the current directory mean. */
export async function examineHere(options: WhatToExamine, desk: Desk): Promise<Finding[]> {
  const { only } = options;
  const unknown = only?.find((id) => !CHECK_IDS.includes(id));
  if (unknown !== undefined) {
    throw new UsageError(`There is no check ${unknown}. There are: ${CHECK_IDS.join(", ")}.`);
  }
  const project = findProjectIfAny(options.root);
  desk.progress("reading the project");
  const machine = readMachine(project?.root ?? null);
  const code = await codeOf(project, desk.signal);
  desk.progress("examining");
  return await withDatabase(options.database, project, (database) =>
    examine({ machine, code, database, deployment: deploymentOf(options), ...(only && { only }) }),
  );
}

function deploymentOf({
  instances,
  pool,
  surge,
  requestTimeout,
}: WhatToExamine): Examination["deployment"] & {} {
  return {
    ...(instances !== undefined && { instances }),
    ...(pool !== undefined && { pool }),
    ...(surge !== undefined && { surge }),
    ...(requestTimeout !== undefined && { requestTimeoutMs: requestTimeout }),
  };
}

/** A named one must be there; around this directory there need not be one. */
function findProjectIfAny(root: string | undefined): Project | null {
  try {
    return findProject(root);
  } catch (error) {
    if (
      root === undefined &&
      error instanceof ProjectError &&
      error.code === "ASHLAR_CLI_PROJECT_NOT_FOUND"
    ) {
      return null;
    }
    throw error;
  }
}

async function codeOf(project: Project | null, signal: AbortSignal): Promise<Examination["code"]> {
  if (project === null) return { unknown: "there is no project here" };
  if (project.modules.length === 0) return { unknown: `the project ${project.name} has no modules` };
  try {
    return { modules: databaseModules((await loadModel(project, signal)).app, project.root) };
  } catch (error) {
    if (error instanceof ModelError) return { unknown: error.message, failed: true };
    throw error;
  }
}

async function withDatabase<Result>(
  named: string | undefined,
  project: Project | null,
  work: (database: Examination["database"]) => Promise<Result>,
): Promise<Result> {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  try {
    opened = await openDatabase(named, project?.root);
  } catch (error) {
    if (!(error instanceof DatabaseNotFoundError)) throw error;
    return await work({ missing: "There is no database to look at", remedy: error.message });
  }
  const loginPassword = process.env.DATABASE_LOGIN_PASSWORD;
  try {
    return await work({ url: opened.url, ...(loginPassword && { loginPassword }) });
  } finally {
    await opened.close();
  }
}
