import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  base: "/console/",
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2024",
    // The first that know light-dark(); what stands in for it in older ones follows no theme chosen by hand.
    cssTarget: ["chrome123", "edge123", "firefox120", "safari17.5"],
    // Nothing becomes a data: address; the policy of the pages allows files of their own origin only.
    assetsInlineLimit: 0,
    // `ui-size.test.ts` reads from it what the first page loads.
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
  },
  server: { host: "127.0.0.1", port: 4110, strictPort: true },
});
