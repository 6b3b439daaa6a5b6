import { EventError } from "ashlar/events";
import { Refusal } from "ashlar/http";
import { JobError } from "ashlar/jobs";

/** What the framework refuses because of what was asked is an answer and no failure of the server. */
export async function asked<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof JobError || error instanceof EventError) {
      throw new Refusal("REQUEST_INVALID", { detail: error.message });
    }
    throw error;
  }
}

/** The body of an action, whose members are each checked by `read`; all that is wrong is told together. */
export function readBody<Input>(
  body: unknown,
  read: { readonly [Name in keyof Input]: (value: unknown) => Input[Name] | Fault },
): Input {
  const given = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const input: Record<string, unknown> = {};
  const errors: { path: string; message: string }[] = [];
  for (const [name, readOne] of Object.entries(read) as [string, (value: unknown) => unknown][]) {
    const value = readOne(given[name]);
    if (value instanceof Fault) errors.push({ path: `/body/${name}`, message: value.message });
    else input[name] = value;
  }
  if (errors.length > 0) throw new Refusal("REQUEST_INVALID", { errors });
  return input as Input;
}

export class Fault {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export function name(value: unknown): string | Fault {
  return typeof value === "string" && value !== "" && value.length <= 200 ? value : new Fault("is a name");
}

export function names(value: unknown): readonly string[] | Fault {
  const isList = Array.isArray(value) && value.length > 0 && value.length <= 1_000;
  return isList && value.every((each) => typeof each === "string") ? value : new Fault("is a list of names");
}
