import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { helpTexts } from "../src/index.ts";

const PAGE = new URL("../../docs/reference/cli.md", import.meta.url);
const MARK = "<!-- From here on: what --help says, command by command. -->\n";

test("the reference has what --help says of every command; UPDATE_REFERENCE=1 writes it anew", () => {
  const page = readFileSync(PAGE, "utf8");
  const written = page.slice(0, page.indexOf(MARK) + MARK.length);
  assert.ok(written.endsWith(MARK), "the page has the mark that its generated part begins with");
  const expected = written + [...helpTexts()].map(([name, help]) => section(name, help)).join("");
  if (process.env.UPDATE_REFERENCE === "1") writeFileSync(PAGE, expected);
  else assert.equal(page, expected);
});

/** Groups of commands that work on queues, and so on a database. */
const QUEUES = ["jobs", "schedules", "events"];

test("every command has an example and --json, and those on queues --database", () => {
  for (const [name, help] of helpTexts()) {
    if (/^Commands:$/m.test(help)) continue;
    assert.match(help, new RegExp(`Example:\\n  ${name} ?`), name);
    assert.match(help, /--json .*\n/, name);
    if (QUEUES.includes(name.split(" ")[1]!)) assert.match(help, /--database <url>/, name);
    for (const line of help.split("\n")) assert.ok(line.length <= 120, line);
  }
});

function section(name: string, help: string): string {
  return `\n## ${name}\n\n\`\`\`text\n${help}\n\`\`\`\n`;
}
