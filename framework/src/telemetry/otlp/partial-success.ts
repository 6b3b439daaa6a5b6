/** What a collector says that took a request but not all of its spans, or that has a word of warning. */
export interface PartialSuccess {
  readonly rejectedSpans: number;
  readonly message: string;
}

/**
 * Reads an ExportTraceServiceResponse. Null when it says nothing, and when it cannot be read: the spans are taken
 * either way, and sending them again would make two of each.
 */
export function readPartialSuccess(response: Uint8Array): PartialSuccess | null {
  try {
    for (const [field, value] of fieldsOf(response)) {
      if (field !== 1 || typeof value === "number") continue;
      let rejectedSpans = 0;
      let message = "";
      for (const [inner, part] of fieldsOf(value)) {
        if (inner === 1 && typeof part === "number") rejectedSpans = part;
        if (inner === 2 && typeof part !== "number") message = new TextDecoder().decode(part);
      }
      return rejectedSpans > 0 || message !== "" ? { rejectedSpans, message } : null;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return null;
}

/** The fields of a message: numbers of variable length, and bytes. Throws RangeError at anything else. */
function* fieldsOf(message: Uint8Array): Generator<[field: number, value: number | Uint8Array]> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; factor < 2 ** 63; factor *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError("A message ends within a number.");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError("A number is too long.");
  };
  while (at < message.length) {
    const tag = varint();
    const wireType = tag % 8;
    const value = varint();
    if (wireType === 0) yield [Math.floor(tag / 8), value];
    else if (wireType === 2 && at + value <= message.length) {
      at += value;
      yield [Math.floor(tag / 8), message.subarray(at - value, at)];
    } else throw new RangeError("A message has a field of another form.");
  }
}
