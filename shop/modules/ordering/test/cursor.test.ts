import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { cursorAfter, positionOf } from "../src/cursor.ts";

describe("a cursor", () => {
  it("leads back to the place it was made of", () => {
    fc.assert(fc.property(fc.uuid(), (id) => assert.equal(positionOf(cursorAfter(id)), id)));
  });

  it("is refused when it is anything else", () => {
    for (const text of ["", "x", "AAAA", "A".repeat(23), `${"A".repeat(21)}B`, `${"A".repeat(22)}==`, "é"]) {
      assert.equal(positionOf(text), null, text);
    }
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const position = positionOf(text);
        if (position !== null) assert.equal(cursorAfter(position), text);
      }),
    );
  });
});
