import type { Readable, Writable } from "node:stream";
import { UsageError } from "../exit-code.ts";

/** What a command still has to know. Every question can be answered by a flag or a word instead. */
export interface Questions {
  /** The answer that is given, else what is typed. `flag` is what to type when nobody can be asked. */
  text(given: string | undefined, question: TextQuestion): Promise<string>;
  choice(given: string | undefined, question: ChoiceQuestion): Promise<string>;
}

export interface TextQuestion {
  readonly flag: string;
  readonly message: string;
  readonly suggestion?: string;
  /** Throws when that is no answer. */
  check?(answer: string): unknown;
}

export interface ChoiceQuestion {
  readonly flag: string;
  readonly message: string;
  readonly choices: readonly { readonly value: string; readonly hint?: string }[];
}

interface Terminal {
  readonly input?: Readable;
  readonly output?: Writable;
}

/** Somebody has left at a question. */
export class QuestionLeft extends Error {}

/** `terminal` is that of the process unless given. */
export function questions(isAsking: boolean, terminal: Terminal = {}): Questions {
  return {
    async text(given, { flag, message, suggestion, check }) {
      if (given !== undefined) return given;
      if (!isAsking) throw missing(message, flag);
      const { text } = await import("@clack/prompts");
      return answerOf(
        await text({
          ...terminal,
          message,
          ...(suggestion === undefined ? {} : { initialValue: suggestion }),
          validate: (answer) => {
            if (answer === undefined || answer.trim() === "") return "Say something.";
            try {
              check?.(answer);
            } catch (error) {
              return (error as Error).message;
            }
            return undefined;
          },
        }),
      );
    },
    async choice(given, { flag, message, choices }) {
      if (given !== undefined) {
        if (choices.some(({ value }) => value === given)) return given;
        const known = choices.map(({ value }) => value).join(", ");
        throw new UsageError(`${flag} ${JSON.stringify(given)}: it can be ${known}.`);
      }
      if (!isAsking) throw missing(message, `${flag} ${choices.map(({ value }) => value).join("|")}`);
      const { select } = await import("@clack/prompts");
      const options = choices.map(({ value, hint }) => ({
        value,
        label: value,
        ...(hint === undefined ? {} : { hint }),
      }));
      return answerOf(await select({ ...terminal, message, options }));
    },
  };
}

/** Whether there is somebody to answer. */
export function isAsking(asJson: boolean): boolean {
  return !asJson && process.stdin.isTTY === true && process.stdout.isTTY === true;
}

function answerOf(answer: string | symbol): string {
  if (typeof answer === "symbol") throw new QuestionLeft();
  return answer;
}

const missing = (message: string, flag: string) => new UsageError(`${message} Give ${flag}.`);
