import type { ActionRecord } from "../../../../api/audit.ts";
import { Severity, type SeverityName } from "../../elements/index.ts";

const LOOKS: Readonly<Record<ActionRecord["state"], readonly [SeverityName, string]>> = {
  "under-way": ["note", "Under\u00a0way"],
  done: ["well", "Done"],
  failed: ["error", "Failed"],
  "cut-off": ["warning", "Cut\u00a0off"],
};

export function ActionState({ of }: { readonly of: ActionRecord["state"] }) {
  const [severity, word] = LOOKS[of];
  return <Severity of={severity} word={word} />;
}
