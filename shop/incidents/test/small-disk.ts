import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own in memory; null where this user may not mount one. */
export function smallDisk(megabytes: number): (Disposable & { readonly directory: string }) | null {
  if (process.platform !== "linux") return null;
  const directory = mkdtempSync(join(tmpdir(), "ashlar-disk-"));
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", directory]);
  if (status !== 0) {
    rmdirSync(directory);
    return null;
  }
  return {
    directory,
    [Symbol.dispose]() {
      const unmounted = spawnSync("umount", [directory], { encoding: "utf8" });
      if (unmounted.status !== 0) throw new Error(unmounted.stderr);
      rmdirSync(directory);
    },
  };
}
