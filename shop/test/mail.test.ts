// Mail as files: what a mail program would read, whatever names and addresses hold.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { mailFolder } from "../hosts/monolith/mail-folder.ts";
import { mailMessage, plainName } from "../hosts/monolith/mail-message.ts";
import { newHome } from "./shop-process.ts";

const mail = {
  id: "order-1.placed",
  to: "ada@example.org",
  subject: "We have your order",
  text: "Hello,\n\nbye\n",
};
const date = new Date("2026-11-21T10:00:00Z");
const { signal } = new AbortController();

describe("a mail", () => {
  it("has the headers that RFC 5322 asks for, and lines that end with CRLF", () => {
    assert.equal(
      mailMessage(mail, date),
      [
        "Date: Sat, 21 Nov 2026 10:00:00 +0000",
        "From: The Ashlar shop <shop@ashlar.example>",
        "To: <ada@example.org>",
        "Message-ID: <order-1.placed@ashlar.example>",
        "Subject: We have your order",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "Auto-Submitted: auto-generated",
        "",
        "Hello,",
        "",
        "bye",
        "",
      ].join("\r\n"),
    );
  });

  it("keeps umlauts, in the subject by encoded words and in the text by quoted-printable", () => {
    const subject =
      "Ihre Bestellung über „Größe 42“ ist da – 請付款 🪚, und sie ist so lang wie ein Betreff selten";
    const text = "Süße Grüße = 1\nein Leerzeichen am Ende \n\tund 請\n";
    const message = mailMessage({ ...mail, subject, text }, date)!;
    assert.match(message, /^[\t\r\n\x20-\x7e]*$/, "ASCII only");
    assert.ok(message.split("\r\n").every((line) => line.length <= 76));
    assert.deepEqual(read(message), { subject, text });
  });

  it("cannot be given a header by what is in it", () => {
    const evil = "Hi\r\nBcc: everybody@example.com\r\n\r\n<script>\u2028\u0085\u0000";
    const message = mailMessage({ ...mail, subject: evil, text: evil }, date)!;
    const [head = "", ...body] = message.split("\r\n\r\n");
    assert.deepEqual(
      head.split(/\r\n(?! )/).map((line) => line.split(":")[0]),
      [
        "Date",
        "From",
        "To",
        "Message-ID",
        "Subject",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Auto-Submitted",
      ],
    );
    assert.match(body.join("\r\n\r\n"), /Bcc: everybody/, "in the text it is text");
  });

  it("comes out as it went in, whatever it says", () => {
    const line = fc.string({ unit: "binary", maxLength: 200 });
    fc.assert(
      fc.property(line, fc.array(line), (subject, lines) => {
        const text = lines.join("\n");
        const message = mailMessage({ ...mail, subject, text }, date)!;
        assert.ok(message.split("\r\n").every((each) => each.length <= 76));
        assert.deepEqual(read(message), {
          subject: subject
            .toWellFormed()
            .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
            .trim(),
          text: text.toWellFormed().replace(/\r\n|\r/g, "\n"),
        });
      }),
    );
  });

  it("goes to addresses that need quoting, a foreign domain or letters of their own", () => {
    for (const [to, header] of [
      ["a.b+c@example.org", "a.b+c@example.org"],
      ["zoë@bücher.example", "zoë@xn--bcher-kva.example"],
      ["a,b;c:<d>@example.org", '"a,b;c:<d>"@example.org'],
      ['o"neil\\@example.org', '"o\\"neil\\\\"@example.org'],
      ['"ada lovelace"@example.org', null],
      [".dots..@example.org", '".dots.."@example.org'],
      ["a@example.org>,<b@example.org", '"a@example.org>,<b"@example.org'],
      ["a@b@example.org", '"a@b"@example.org'],
    ] as const) {
      assert.equal(/^To: <(.*)>$/m.exec(mailMessage({ ...mail, to }, date) ?? "")?.[1] ?? null, header, to);
    }
  });

  it("goes to no address that would break out of its header", () => {
    for (const to of [
      "a@example.org\r\nBcc: b@example.org",
      "a@ex,ample.org",
      "a\u2028b@example.org",
      "@example.org",
      "nobody",
      "a@localhost",
    ]) {
      assert.equal(mailMessage({ ...mail, to }, date), null, JSON.stringify(to));
    }
  });

  it("has an id of its own, whatever it is made from", () => {
    const ids = ["ordering:42", "ordering_3A42", "../../etc/passwd", "..", ".", "a..b", "ü", "ü.eml"];
    const names = ids.map(plainName);
    assert.equal(new Set(names).size, ids.length);
    for (const name of names) assert.match(name, /^(?!\.)[\w.-]+(?<!\.)$/);
  });
});

describe("the mail folder", () => {
  it("keeps a mail in a file that only its user can read, and replaces it when the mail comes again", async () => {
    const directory = join(newHome(), "mail");
    const folder = mailFolder(directory, () => date);
    assert.equal(await folder.send(mail, signal), "sent");
    assert.equal(await folder.send(mail, signal), "sent");
    assert.equal(await folder.send({ ...mail, id: "order-1.paid" }, signal), "sent");
    assert.deepEqual(readdirSync(directory).sort(), ["order-1.paid.eml", "order-1.placed.eml"]);
    const file = join(directory, "order-1.placed.eml");
    assert.equal(readFileSync(file, "utf8"), mailMessage(mail, date));
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it("takes no mail that nobody can get", async () => {
    const directory = join(newHome(), "mail");
    assert.equal(await mailFolder(directory).send({ ...mail, to: "nobody" }, signal), "undeliverable");
  });

  it("fails when it cannot write, so that the mail is tried again, and leaves no draft", async () => {
    const file = join(newHome(), "a-file");
    writeFileSync(file, "");
    await assert.rejects(mailFolder(join(file, "mail")).send(mail, signal), { code: "ENOTDIR" });
    const directory = newHome();
    await assert.rejects(mailFolder(directory).send(mail, AbortSignal.abort()), { name: "AbortError" });
    assert.deepEqual(readdirSync(directory), []);
  });
});

/** Reads a message back by the book, independent of how it was written. */
function read(message: string): { subject: string; text: string } {
  const end = message.indexOf("\r\n\r\n");
  const header = /^Subject: ((?:.*)(?:\r\n .*)*)$/m.exec(message.slice(0, end))?.[1] ?? "";
  const subject = header.startsWith("=?")
    ? header
        .split("\r\n ")
        .map((word) => Buffer.from(/^=\?UTF-8\?B\?(.*)\?=$/.exec(word)?.[1] ?? "", "base64").toString("utf8"))
        .join("")
    : header;
  const bytes = message
    .slice(end + 4)
    .replaceAll("=\r\n", "")
    .replaceAll("\r\n", "\n")
    .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return { subject, text: Buffer.from(bytes, "latin1").toString("utf8") };
}
