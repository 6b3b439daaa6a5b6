export { BoundaryError } from "./boundary-error.ts";
export { installBoundary, isBoundaryInstalled } from "./hook.ts";
export {
  isInContract,
  type PackageManifest,
  packageOf,
  type WorkspacePackage,
  workspacePackage,
} from "./package-of.ts";
export { type Place, type Trespass, trespassOf } from "./trespass.ts";
