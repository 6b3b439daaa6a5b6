import assert from "node:assert/strict";

/** What HTML never closes. */
const VOID = new Set(["meta", "link", "br", "hr", "img", "input", "wbr"]);

/**
 * Fails unless tags are nested and closed, attributes quoted and not repeated, and nothing but known entities escapes.
 * Returns the names of all elements. Scripts and styles of HTML are text.
 */
export function assertWellFormed(markup: string, form: "xml" | "html"): string[] {
  const names: string[] = [];
  const open: string[] = [];
  let rest = markup.replace(/^<!doctype html>/i, "");
  while (rest !== "") {
    const text = /^[^<]+/.exec(rest)?.[0];
    if (text !== undefined) {
      if (open.length === 0) assert.match(text, /^\s*$/, "text outside of the root");
      assert.doesNotMatch(text, /&(?!#\d+;)|>/, `unescaped in ${text.slice(0, 80)}`);
      rest = rest.slice(text.length);
      continue;
    }
    const tag = /^<(\/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z][\w:-]*="[^"<]*")*)\s*(\/?)>/.exec(rest);
    assert.ok(tag !== null, `no tag: ${rest.slice(0, 120)}`);
    const [whole, closes, name, attributes, closesItself] = tag;
    rest = rest.slice(whole.length);
    if (closes !== "") {
      assert.equal(open.pop(), name);
      continue;
    }
    names.push(name!);
    const keys = [...attributes!.matchAll(/\s([\w:-]+)="/g)].map(([, key]) => key);
    assert.equal(new Set(keys).size, keys.length, whole);
    assert.doesNotMatch(attributes!, /&(?!#\d+;)/, whole);
    if (closesItself !== "" || (form === "html" && VOID.has(name!))) continue;
    open.push(name!);
    if (form === "html" && (name === "script" || name === "style")) {
      rest = rest.slice(rest.indexOf(`</${name}>`));
    }
  }
  assert.deepEqual(open, []);
  return names;
}
