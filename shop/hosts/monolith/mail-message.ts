import { domainToASCII } from "node:url";
import type { Mail } from "../../modules/ordering/src/module.ts";

const SENDER = { name: "The Ashlar shop", address: "shop@ashlar.example", domain: "ashlar.example" };

/**
 * The mail as RFC 5322 wants it sent, in UTF-8 with lines that end with CRLF; null when there is no writing to the
 * address. Whatever the parts hold, they cannot add a header or leave the one they are in.
 */
export function mailMessage({ id, to, subject, text }: Mail, date: Date): string | null {
  const recipient = mailbox(to);
  if (recipient === null) return null;
  return [
    `Date: ${date.toUTCString().replace("GMT", "+0000")}`,
    `From: ${SENDER.name} <${SENDER.address}>`,
    `To: <${recipient}>`,
    `Message-ID: <${plainName(id)}@${SENDER.domain}>`,
    `Subject: ${headerText(subject)}`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: quoted-printable",
    // So that no absence notice comes back (RFC 3834).
    "Auto-Submitted: auto-generated",
    "",
    quotedPrintable(text),
  ].join("\r\n");
}

/** The id in letters, digits, dots and hyphens, good for a Message-ID and for a file's name; different ids stay so. */
export function plainName(id: string): string {
  return Buffer.from(id, "utf8")
    .toString("latin1")
    .replace(/[^A-Za-z0-9.-]|^[.]|[.](?=[.])|[.]$/g, (char) => `_${hex(char.charCodeAt(0))}`);
}

/** The address in the form that a header takes, or null. */
function mailbox(address: string): string | null {
  const at = address.lastIndexOf("@");
  const local = address.slice(0, at);
  const domain = domainToASCII(address.slice(at + 1));
  if (at < 1 || /[\s\p{C}]/u.test(address.toWellFormed())) return null;
  if (!/^(?=.{1,253}$)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+$/i.test(domain)) return null;
  return `${localPart(local)}@${domain}`;
}

/** Characters beyond ASCII stay as they are: RFC 6532 allows them here, and nothing else could stand for them. */
function localPart(local: string): string {
  const word = "[\\w!#$%&'*+/=?^`{|}~\\-\\u0080-\\u{10ffff}]+";
  if (new RegExp(`^${word}(?:\\.${word})*$`, "u").test(local)) return local;
  if (/^"(?:[^"\\]|\\.)*"$/.test(local)) return local;
  return `"${local.replace(/["\\]/g, "\\$&")}"`;
}

/** Of an encoded word, so that its line stays within 76 characters behind any name of a header. */
const MOST_BYTES = 39;

/** Text for people in a header: as it is when it is short ASCII, else as encoded words (RFC 2047). */
function headerText(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim();
  if (/^[\x20-\x7e]{0,64}$/.test(line) && !line.includes("=?")) return line;
  const words: string[] = [];
  let word = "";
  for (const character of line) {
    if (Buffer.byteLength(word + character) > MOST_BYTES) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  return [...words, word]
    .map((each) => `=?UTF-8?B?${Buffer.from(each, "utf8").toString("base64")}?=`)
    .join("\r\n ");
}

/** One less than the longest line that is allowed: a soft line break takes the last place. */
const LINE_LENGTH = 75;

/** The body as RFC 2045 section 6.7 encodes it. */
function quotedPrintable(text: string): string {
  return text
    .toWellFormed()
    .split(/\r\n|\r|\n/)
    .map((line) => {
      // A byte each; a blank at the end of a line would be taken away on the way.
      const units = [...Buffer.from(line, "utf8").toString("latin1")].map((byte, index, bytes) =>
        /[!-<>-~]/.test(byte) || (/[ \t]/.test(byte) && index < bytes.length - 1)
          ? byte
          : `=${hex(byte.charCodeAt(0))}`,
      );
      let encoded = "";
      let length = 0;
      for (const unit of units) {
        if (length + unit.length > LINE_LENGTH) {
          encoded += "=\r\n";
          length = 0;
        }
        encoded += unit;
        length += unit.length;
      }
      return encoded;
    })
    .join("\r\n");
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(2, "0");
}
