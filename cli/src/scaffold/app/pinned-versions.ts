/**
 * What a new project pins: the versions that the framework itself is built and tested with. A test holds them
 * against this repository's own manifests.
 */
export const PINNED = {
  ashlar: "0.1.0",
  "@ashlar/cli": "0.1.0",
  "@ashlar/console": "0.1.0",
  "@ashlar/graph": "0.1.0",
  "@biomejs/biome": "2.5.15",
  "@types/node": "24.19.2",
  node: "24.21.0",
  typescript: "7.0.2",
} as const;
