import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import type { CheckReport } from "../../src/check/report.ts";
import type { Violation } from "../../src/check/violation.ts";
import { ashlar } from "../cli-scene.ts";

const REPOSITORY = join(import.meta.dirname, "../../..");

/** A copy of the shop, as git has it and as it lies here, in which a test may plant what it likes. */
export class PlantedShop {
  // Links are told by their real paths, and on some systems the temporary directory is one.
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "ashlar-planted-")));

  constructor() {
    after(() => rmSync(this.root, { recursive: true, force: true }));
    const files = execFileSync(
      "git",
      [
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
        "shop",
        "package.json",
        "tsconfig.json",
        "tsconfig.base.json",
      ],
      { cwd: REPOSITORY, encoding: "utf8" },
    );
    // Git goes on listing a file whose removal was not committed yet.
    for (const file of files
      .split("\0")
      .filter((each) => each !== "" && existsSync(join(REPOSITORY, each)))) {
      mkdirSync(dirname(join(this.root, file)), { recursive: true });
      copyFileSync(join(REPOSITORY, file), join(this.root, file));
    }
    // The shop's packages are the copied ones; everything else is installed.
    symlinkSync(join(REPOSITORY, "framework"), this.#made("framework"), "dir");
    symlinkSync(join(REPOSITORY, "framework"), this.#made("node_modules/ashlar"), "dir");
    for (const name of ["identity", "catalog", "ordering", "billing"]) {
      symlinkSync(join(this.root, "shop/modules", name), this.#made(`node_modules/@shop/${name}`), "dir");
    }
  }

  write(path: string, text: string): void {
    writeFileSync(this.#made(path), text);
  }

  edit(path: string, change: (text: string) => string): void {
    const before = readFileSync(join(this.root, path), "utf8");
    const changed = change(before);
    if (changed === before)
      throw new Error(`Nothing was planted in ${path}: it does not have what is to be changed.`);
    writeFileSync(join(this.root, path), changed);
  }

  link(path: string, target: string): void {
    symlinkSync(join(this.root, target), this.#made(path));
  }

  /** What `ashlar check` finds in it. */
  async check(): Promise<readonly Violation[]> {
    const { code, stdout, stderr } = await ashlar(["check", "--json"], { cwd: this.root });
    if (stderr !== "") throw new Error(stderr);
    const { violations, counts } = JSON.parse(stdout) as CheckReport;
    if (code !== (counts.errors > 0 ? 1 : 0)) throw new Error(`ashlar check ended with ${code}.`);
    return violations;
  }

  #made(path: string): string {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    return join(this.root, path);
  }
}
