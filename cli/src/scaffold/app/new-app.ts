import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type AppFile, appFiles } from "./app-files.ts";
import type { AppRequest } from "./app-request.ts";
import { packagesFrom } from "./local-packages.ts";
import { NewAppError } from "./new-app-error.ts";
import { runProgram } from "./run-program.ts";
import { refuseOccupied, writeApp } from "./write-app.ts";

export interface NewAppOptions {
  /** Runs `npm install` in the new project. */
  readonly install: boolean;
  /** Makes it a repository, unless it lies in one. */
  readonly git: boolean;
  /** Says what would be written, and writes nothing. */
  readonly dryRun: boolean;
  /** A directory with tarballs of the framework's packages, instead of the registry. */
  readonly packages: string | undefined;
  readonly from: string;
  readonly signal: AbortSignal;
  /** Told what is being done, for people. */
  readonly progress: (step: string) => void;
}

export interface NewApp {
  readonly directory: string;
  readonly files: readonly AppFile[];
  readonly isInstalled: boolean;
  readonly isRepository: boolean;
}

/**
 * Makes a project: all of it or, when it fails or is interrupted, nothing. Only when the packages cannot be installed
 * does the project stay, for the message says how to go on. Throws NewAppError; an abort throws the signal's reason.
 */
export async function newApp(request: AppRequest, options: NewAppOptions): Promise<NewApp> {
  const { signal, progress } = options;
  const { directory } = request;
  const packages = packagesFrom(options.packages, options.from);
  const files = appFiles(request, packages.sources);
  if (options.dryRun) {
    refuseOccupied(directory);
    return { directory, files, isInstalled: false, isRepository: false };
  }
  signal.throwIfAborted();
  const undo = writeApp(directory, files, packages.vendored);
  try {
    const isRepository = options.git && (await initialise(directory, signal));
    signal.throwIfAborted();
    if (options.install) {
      progress("Installing packages");
      await install(directory, signal);
    }
    signal.throwIfAborted();
    return { directory, files, isInstalled: options.install, isRepository };
  } catch (error) {
    if (signal.aborted) undo();
    throw error;
  }
}

async function install(directory: string, signal: AbortSignal): Promise<void> {
  const words = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  const { code, output } = await runProgram("npm", words, { cwd: directory, signal });
  if (code === 0) {
    // Long names break lines elsewhere than usual ones; the project's own formatter knows where.
    await runProgram("npm", ["run", "format"], { cwd: directory, signal });
    return;
  }
  throw new NewAppError(
    "ASHLAR_CLI_INSTALL_FAILED",
    `The project is in ${directory}, but its packages could not be installed; run \`npm install\` in it. npm said:\n${output.trim()}`,
  );
}

/** False when the project lies in a repository already, or there is no git. */
async function initialise(directory: string, signal: AbortSignal): Promise<boolean> {
  for (let above = directory; ; above = dirname(above)) {
    if (existsSync(join(above, ".git"))) return false;
    if (above === dirname(above)) break;
  }
  const { code } = await runProgram("git", ["init", "--quiet", "--initial-branch=main"], {
    cwd: directory,
    signal,
  });
  return code === 0;
}
