import { DEFAULT_MODULE, DEFAULT_NAME, moduleNameFault, projectNameFault } from "./app-request.ts";

/** What was typed on the command line. */
export interface TypedApp {
  readonly target: string | undefined;
  readonly module: string | undefined;
}

export interface AnsweredApp {
  readonly target: string;
  readonly module: string;
}

/**
 * Asks for what was not typed, on a terminal; elsewhere, and with `yes`, takes what is usual. Null when the person
 * called it off.
 */
export async function askApp(typed: TypedApp, yes: boolean): Promise<AnsweredApp | null> {
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  if (yes || !isTerminal) {
    return { target: typed.target ?? DEFAULT_NAME, module: typed.module ?? DEFAULT_MODULE };
  }
  if (typed.target !== undefined && typed.module !== undefined) {
    return { target: typed.target, module: typed.module };
  }
  const { isCancel, text } = await import("@clack/prompts");
  const ask = async (message: string, usual: string, fault: (name: string) => string | undefined) => {
    const answer = await text({
      message,
      placeholder: usual,
      defaultValue: usual,
      validate: (value) => fault(value || usual),
    });
    return isCancel(answer) ? null : answer;
  };
  const target = typed.target ?? (await ask("What is the project called?", DEFAULT_NAME, projectNameFault));
  if (target === null) return null;
  const module =
    typed.module ??
    (await ask(
      "What is its first module about? A plural noun is a good name.",
      DEFAULT_MODULE,
      moduleNameFault,
    ));
  return module === null ? null : { target, module };
}
