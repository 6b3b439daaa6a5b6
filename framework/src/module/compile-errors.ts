import type { AnyContract } from "../contract/index.ts";

/**
 * Types that no value has. The compiler prints them when a wall is hit, so they name the modules and the remedy
 * and spare the reader the schemas.
 */
export type NotUsed<
  Module extends AnyContract,
  C extends AnyContract,
> = `${Module["contractName"]} does not use ${C["contractName"]}: add it to \`uses\` in src/definition.ts (and to package.json), or publish an event`;

export type NotOwn<
  Module extends AnyContract,
  Owner extends string,
> = `this belongs to ${Owner}; ${Module["contractName"]} can only handle, enqueue and publish its own`;
