// Run by `build-pages.ts` in a process of its own, so that a running app holds neither the bundler nor its memory.
// Arguments: the configuration of the bundler, and where the pages are to be written.
const [configFile, outDir] = process.argv.slice(2);
if (configFile === undefined || outDir === undefined)
  throw new Error("Give a configuration and a directory.");
const { build } = await import("vite");
try {
  await build({ configFile, logLevel: "silent", build: { outDir, emptyOutDir: true } });
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
