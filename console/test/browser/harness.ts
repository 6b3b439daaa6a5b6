export { assertAccessible, violationsOf } from "./accessibility.ts";
export { openScene, type Scene, type SceneOptions, type SceneRole, type SignInOptions } from "./scene.ts";
export { assertFits, shot } from "./screenshots.ts";
