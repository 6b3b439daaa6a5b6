/** An error as the log tells it. Everything else that an error may carry stays out: it can be anything. */
export interface ErrorFields {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
  /** What caused it, the nearest first; of several at once, all. */
  readonly causes?: readonly ErrorFields[];
}

interface Manner {
  /** Cleans and shortens. */
  readonly text: (text: string) => string;
  /** Messages of PostgreSQL that may quote a statement or a value are told too. */
  readonly tellsAll: boolean;
}

const MOST_CAUSES = 8;

/** Classes of SQLSTATE whose messages name objects and limits only. Those of all others may quote what was sent. */
const TELLING_NO_VALUES = /^(?:08|0A|23|25|26|28|3D|3F|40|42|53|54|55|57|58)/;

export function describeError(error: Error, manner: Manner): ErrorFields {
  const seen = new Set<unknown>([error]);
  const causes: ErrorFields[] = [];
  const waiting = [...causesOf(error)];
  while (waiting.length > 0 && causes.length < MOST_CAUSES) {
    const cause = waiting.shift();
    if (seen.has(cause)) continue;
    seen.add(cause);
    if (cause instanceof Error) {
      causes.push(describeOne(cause, manner));
      waiting.unshift(...causesOf(cause));
    } else {
      causes.push({
        type: typeof cause,
        message: typeof cause === "string" ? manner.text(cause) : "no error",
      });
    }
  }
  const described = describeOne(error, manner);
  return causes.length === 0 ? described : { ...described, causes };
}

function describeOne(error: Error, { text, tellsAll }: Manner): ErrorFields {
  const type = text(read(error, "name") || "Error");
  const code = text(read(error, "code"));
  const isHidden = !tellsAll && isOfServer(error) && !TELLING_NO_VALUES.test(code);
  const message = isHidden ? `PostgreSQL refused it with ${code}` : text(read(error, "message"));
  // Put together anew: the stack as it stands begins with the message as it stands.
  const frames = framesOf(read(error, "stack"));
  return {
    type,
    ...(code === "" ? {} : { code }),
    message,
    ...(frames === "" ? {} : { stack: text(`${type}: ${message}\n${frames}`) }),
  };
}

/** The driver's own error, as PostgreSQL sent it. */
function isOfServer(error: Error): boolean {
  return read(error, "severity") !== "" && /^[0-9A-Z]{5}$/.test(read(error, "code"));
}

const FRAME = /^ {4}at /;

function framesOf(stack: string): string {
  return stack
    .split("\n")
    .filter((line) => FRAME.test(line))
    .join("\n");
}

function causesOf(error: Error): unknown[] {
  try {
    const errors = error instanceof AggregateError ? error.errors.slice(0, MOST_CAUSES) : [];
    return error.cause === undefined ? errors : [error.cause, ...errors];
  } catch {
    return [];
  }
}

/** The field if it is a text; anything else could be anything. */
function read(error: Error, key: string): string {
  try {
    const value = (error as unknown as Record<string, unknown>)[key];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  } catch {
    return "";
  }
}
