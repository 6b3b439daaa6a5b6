const FIRST_BYTES = 16 * 1024;
const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;
const TWO_TO_32 = 2 ** 32;

/**
 * Writes fields of protobuf messages one after the other, in the order of the calls. Knows the wire types that
 * traces need and nothing of any message.
 */
export class ProtobufWriter {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #at = 0;

  /** What has been written. Shares memory with the writer, which is not used afterwards. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  /** Begins a message within the message; everything up to `close` of what this returns belongs to it. */
  open(field: number): number {
    this.#reserve(6);
    this.#tag(field, WIRE_BYTES);
    // One byte for the length: enough below 128, and `close` makes room for more.
    this.#at += 1;
    return this.#at;
  }

  close(opened: number): void {
    const length = this.#at - opened;
    const more = lengthOfVarint(length) - 1;
    if (more > 0) {
      this.#reserve(more);
      this.#bytes.copyWithin(opened + more, opened, this.#at);
    }
    this.#at = opened - 1;
    this.#varint(length);
    this.#at += length;
  }

  /** `value` is an integer from 0 to 2^32 - 1. */
  uint32(field: number, value: number): void {
    this.#reserve(10);
    this.#tag(field, WIRE_VARINT);
    this.#varint(value);
  }

  fixed32(field: number, value: number): void {
    this.#reserve(9);
    this.#tag(field, WIRE_FIXED32);
    this.#word(value);
  }

  /** `low` and `high` are the halves, each an integer from 0 to 2^32 - 1. */
  fixed64(field: number, high: number, low: number): void {
    this.#reserve(13);
    this.#tag(field, WIRE_FIXED64);
    this.#word(low);
    this.#word(high);
  }

  /** A Unix time in milliseconds, from 0 to the year 10000 and with fractions, as nanoseconds. */
  nanoseconds(field: number, milliseconds: number): void {
    const whole = Math.floor(milliseconds);
    const fraction = Math.round((milliseconds - whole) * 1e6);
    // The product has more than 53 bits, so it is built from two that have less: this times 2^16, and the rest.
    const upper = Math.floor(whole / 65_536) * 1e6;
    const low = (upper % 65_536) * 65_536 + (whole % 65_536) * 1e6 + fraction;
    this.fixed64(field, Math.floor(upper / 65_536) + Math.floor(low / TWO_TO_32), low % TWO_TO_32);
  }

  bytes(field: number, value: Uint8Array): void {
    this.#reserve(10 + value.length);
    this.#tag(field, WIRE_BYTES);
    this.#varint(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  /** As UTF-8; a surrogate without its other half becomes U+FFFD, because decoders refuse anything else. */
  string(field: number, text: string): void {
    const { length } = text;
    this.#reserve(10 + length);
    const before = this.#at;
    this.#tag(field, WIRE_BYTES);
    this.#varint(length);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) {
        this.#at = before;
        this.bytes(field, Buffer.from(text, "utf8"));
        return;
      }
      bytes[at++] = unit;
    }
    this.#at = at;
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #varint(value: number): void {
    const bytes = this.#bytes;
    let rest = value;
    while (rest > 0x7f) {
      bytes[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[this.#at++] = rest;
  }

  #word(value: number): void {
    const bytes = this.#bytes;
    const at = this.#at;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
    this.#at = at + 4;
  }

  #reserve(count: number): void {
    const needed = this.#at + count;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

function lengthOfVarint(value: number): number {
  let length = 1;
  for (let rest = value; rest > 0x7f; rest >>>= 7) length += 1;
  return length;
}
