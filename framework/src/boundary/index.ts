export { BoundaryError } from "./boundary-error.ts";
export { installBoundary, isBoundaryInstalled } from "./hook.ts";
export { isInContract, packageOf, type WorkspacePackage } from "./package-of.ts";
export { type Place, type Trespass, trespassOf } from "./trespass.ts";
