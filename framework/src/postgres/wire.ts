/**
 * The client's messages of the extended query protocol, as far as stamped statements need them.
 * A whole Sync group is encoded into one buffer, so it leaves in one write.
 */
import type { EncodedValue } from "./value-types.ts";

const PARSE = 0x50;
const BIND = 0x42;
const DESCRIBE = 0x44;
const EXECUTE = 0x45;
const CLOSE = 0x43;
const SYNC = 0x53;
const PREPARED_STATEMENT = 0x53;
const PORTAL = 0x50;

const START_BYTES = 16 * 1024;
/** UTF-8 needs at most three bytes per UTF-16 unit. */
const BYTES_PER_UNIT = 3;

/**
 * Appends messages and hands them out as one buffer. All statements of the process share one writer:
 * a group is written and taken without giving up the thread in between.
 */
class MessageWriter {
  #buffer = Buffer.allocUnsafeSlow(START_BYTES);
  #length = 0;

  /** Starts a group. Whatever an earlier group left behind when it failed half-way is forgotten. */
  reset(): void {
    this.#length = 0;
  }

  parse(name: string, text: string): void {
    const start = this.#startMessage(PARSE);
    this.#cString(name);
    this.#cString(text);
    this.#int16(0);
    this.#endMessage(start);
  }

  bind(name: string, values: readonly EncodedValue[]): void {
    const start = this.#startMessage(BIND);
    this.#cString("");
    this.#cString(name);
    this.#int16(values.length);
    for (const value of values) this.#int16(typeof value === "object" && value !== null ? 1 : 0);
    this.#int16(values.length);
    for (const value of values) this.#value(value);
    this.#int16(0);
    this.#endMessage(start);
  }

  describePortal(): void {
    const start = this.#startMessage(DESCRIBE);
    this.#byte(PORTAL);
    this.#cString("");
    this.#endMessage(start);
  }

  execute(): void {
    const start = this.#startMessage(EXECUTE);
    this.#cString("");
    this.#int32(0);
    this.#endMessage(start);
  }

  /** Forgets a prepared statement; the server does not mind if there is none of that name. */
  closeStatement(name: string): void {
    const start = this.#startMessage(CLOSE);
    this.#byte(PREPARED_STATEMENT);
    this.#cString(name);
    this.#endMessage(start);
  }

  sync(): void {
    this.#endMessage(this.#startMessage(SYNC));
  }

  append(messages: Buffer): void {
    this.#ensure(messages.length);
    messages.copy(this.#buffer, this.#length);
    this.#length += messages.length;
  }

  /** The messages since the last reset. */
  take(): Buffer {
    if (this.#length <= START_BYTES) {
      const messages = Buffer.allocUnsafe(this.#length);
      this.#buffer.copy(messages, 0, 0, this.#length);
      return messages;
    }
    const messages = this.#buffer.subarray(0, this.#length);
    this.#buffer = Buffer.allocUnsafeSlow(START_BYTES);
    return messages;
  }

  #value(value: EncodedValue): void {
    if (value === null) {
      this.#int32(-1);
    } else if (typeof value === "string") {
      this.#ensure(4 + value.length * BYTES_PER_UNIT);
      const written = this.#buffer.write(value, this.#length + 4, "utf8");
      this.#int32(written);
      this.#length += written;
    } else {
      this.#int32(value.length);
      this.append(value);
    }
  }

  #startMessage(type: number): number {
    this.#ensure(5);
    this.#buffer[this.#length] = type;
    this.#length += 5;
    return this.#length - 4;
  }

  /** The length of a message counts itself but not the type byte before it. */
  #endMessage(start: number): void {
    this.#buffer.writeInt32BE(this.#length - start, start);
  }

  #cString(text: string): void {
    this.#ensure(text.length * BYTES_PER_UNIT + 1);
    if (text !== "") this.#length += this.#buffer.write(text, this.#length, "utf8");
    this.#buffer[this.#length++] = 0;
  }

  #byte(value: number): void {
    this.#ensure(1);
    this.#buffer[this.#length++] = value;
  }

  #int16(value: number): void {
    this.#ensure(2);
    this.#buffer[this.#length++] = (value >>> 8) & 0xff;
    this.#buffer[this.#length++] = value & 0xff;
  }

  #int32(value: number): void {
    this.#ensure(4);
    this.#length = this.#buffer.writeInt32BE(value, this.#length);
  }

  #ensure(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

export const messageWriter = new MessageWriter();

/** Encodes messages that never change, to be appended to groups later. */
export function constantMessages(write: (writer: MessageWriter) => void): Buffer {
  const writer = new MessageWriter();
  write(writer);
  return writer.take();
}
