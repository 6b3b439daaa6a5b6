import type { DatabaseModel } from "../../postgres/index.ts";
import type { App } from "../app.ts";

/** The modules of the model that the database has: of the others nothing can be asked yet. */
export function installedModel({ model, installed }: App): DatabaseModel {
  return { ...model, modules: model.modules.filter(({ name }) => installed.includes(name)) };
}
