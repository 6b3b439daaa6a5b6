import { editByHand } from "../scaffold-error.ts";
import { addImport } from "../source/imports.ts";
import { addElement } from "../source/insert.ts";
import { exportedConstants, syntaxOf } from "../source/syntax.ts";

export interface AddedRoute {
  readonly contract: string;
  readonly source: string;
  /** `signedIn` or `anyone`. */
  readonly auth: string;
}

/** Adds a route to `export const routes = […]`. */
export function addRoute(file: string, text: string, { contract, source, auth }: AddedRoute): string {
  const routes = [...exportedConstants(syntaxOf(file, text))].find(({ name }) => name === "routes")?.value;
  if (routes?.type !== "ArrayExpression") {
    throw editByHand(file, "has no list `export const routes = […]`", `Add there:\n${source}`);
  }
  const added = addElement(text, routes, source);
  return [
    { from: "ashlar/module", names: [auth] },
    { from: "../contract/index.ts", names: [contract] },
    { from: "./definition.ts", names: ["route"] },
    ...(source.includes("closed(") ? [{ from: "ashlar/contract", names: ["closed"] }] : []),
  ].reduce((edited, each) => addImport(file, edited, each), added);
}

/** The first of a module's routes. */
export function routesSource(): string {
  return "export const routes = [];\n";
}

/** Under which name API keys are allowed to use the module's routes: `orders` of `signedIn("orders:read")`. */
export function scopeIn(text: string): string | null {
  return /\bsignedIn\("([a-z0-9_-]+):[a-z]+"\)/.exec(text)?.[1] ?? null;
}
