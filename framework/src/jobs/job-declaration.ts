import type { Static, TSchema } from "../contract/index.ts";
import type { EnqueueOptions, JobDeclaration, JobPolicy } from "./declaration.ts";

export function jobDeclaration<Module extends string, Name extends string, Payload extends TSchema>(
  module: Module,
  name: Name,
  payload: Payload,
  policy: JobPolicy<Static<Payload>>,
): JobDeclaration<Module, Name, Payload> {
  const declaration: JobDeclaration<Module, Name, Payload> = Object.freeze({
    module,
    name,
    id: `${module}.${name}`,
    payload,
    policy: Object.freeze(policy),
    of: (value: Static<Payload>, options: EnqueueOptions = {}) => ({
      job: declaration as unknown as JobDeclaration<Module>,
      payload: value,
      options,
    }),
  });
  return declaration;
}
