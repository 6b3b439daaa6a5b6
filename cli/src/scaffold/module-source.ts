import { posix } from "node:path";
import { UsageError } from "../exit-code.ts";
import type { ProjectModule } from "../project/project.ts";
import type { Draft } from "./draft.ts";
import { type ContractFile, contractIn } from "./edits/contract.ts";
import { moduleNamed } from "./layout.ts";
import { editByHand } from "./scaffold-error.ts";

/** A module whose sources are to be edited: where its parts are, relative to the root. */
export interface ModuleSource {
  readonly module: ProjectModule;
  readonly contract: ContractFile;
  readonly files: {
    readonly contract: string;
    readonly definition: string;
    readonly module: string;
    readonly routes: string;
    readonly jobs: string;
    readonly readme: string;
  };
  /** A path in the module, relative to the root. */
  at(path: string): string;
}

export function moduleSource(draft: Draft, name: string): ModuleSource {
  const module = moduleNamed(draft.project, name);
  const at = (path: string) => posix.join(module.directory, path);
  const contract = at("contract/index.ts");
  const text = draft.find(contract);
  if (text === null) throw editByHand(contract, "is missing", "A module has its contract there.");
  return {
    module,
    contract: contractIn(contract, text),
    files: {
      contract,
      definition: at("src/definition.ts"),
      module: at("src/module.ts"),
      routes: at("src/routes.ts"),
      jobs: at("src/jobs.ts"),
      readme: at("README.md"),
    },
    at,
  };
}

/** Refuses a name that a member or a file of the module has. */
export function checkFree(
  { module, contract, at }: ModuleSource,
  draft: Draft,
  name: string,
  file: string,
): void {
  if (contract.members.some((member) => member.name === name)) {
    throw new UsageError(`The contract of ${module.module} has ${name} already.`);
  }
  if (draft.find(at(file)) !== null)
    throw new UsageError(`There is ${at(file)} already. Choose another name.`);
}
