import { execFile } from "node:child_process";
import { rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Incident, IncidentScene } from "../incident.ts";

const run = promisify(execFile);

/** Beside the database's files, never among them. */
const BALLAST = "incident-ballast";
const LEFT_SHARE = 0.02;
/** A larger disk belongs to others too. */
const LARGEST = 8 * 1024 ** 3;

/** The disk has no room for a playground. */
export class DiskTooLargeError extends Error {
  override readonly name = "DiskTooLargeError";
  readonly code = "SHOP_INCIDENT_DISK_TOO_LARGE";
}

/** A file fills the disk of the database; only where that is a small one made for it. */
export const diskNearlyFull: Incident = {
  name: "disk-nearly-full",
  story: "The disk of the database has 2 % left",
  seenBy: ["disk-space"],
  module: null,
  async plant(scene) {
    const directory = await parentOfData(scene);
    const { bavail, blocks, bsize } = await statfs(directory);
    const size = blocks * bsize;
    if (size > LARGEST) {
      throw new DiskTooLargeError(
        `${directory} is on a disk of ${Math.round(size / 1024 ** 3)} GiB, which is not filled for practice. ` +
          "Start the shop on a small one: docs/guides/incidents.md tells how.",
      );
    }
    const length = Math.floor(bavail * bsize - LEFT_SHARE * size);
    // Takes the room without writing it.
    if (length > 0) await run("fallocate", ["-l", String(length), join(directory, BALLAST)]);
  },
  async clear(scene) {
    await rm(join(await parentOfData(scene), BALLAST), { force: true });
  },
};

async function parentOfData({ admin }: IncidentScene): Promise<string> {
  const { rows } = await admin.query<{ data_directory: string }>("show data_directory");
  return join(rows[0]!.data_directory, "..");
}
