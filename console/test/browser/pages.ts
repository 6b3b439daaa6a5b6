/** Every page that has an address of its own in the shop, below /console. */
export const EVERY_PAGE = [
  "/",
  "/map",
  "/modules",
  "/modules/ordering",
  "/traces",
  "/jobs",
  "/events",
  "/database",
  "/deploys",
  "/audit",
  "/nowhere",
] as const;
