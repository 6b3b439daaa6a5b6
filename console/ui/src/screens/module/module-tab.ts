import type { ModuleView } from "../../../../api/module.ts";

export interface ModuleTab {
  readonly module: ModuleView;
  /** After something was changed. */
  readonly refetch: () => void;
}
