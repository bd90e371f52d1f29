import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editJson } from "../../../src/cli/connect/json-edit.ts";

describe("editing JSON text", () => {
  const member = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 });

  it("has the new value, whatever the old text looked like, and changes nothing for the same value", () => {
    fc.assert(
      fc.property(member, member, fc.constantFrom(undefined, 2, "\t"), (before, added, indent) => {
        const text = JSON.stringify(before, null, indent);
        const old = JSON.parse(text);
        expect(editJson(text, old)).toBe(text);
        const wanted = { ...old, ...JSON.parse(JSON.stringify(added)) };
        const edited = editJson(text, wanted);
        expect(JSON.parse(edited)).toEqual(wanted);
        // Objects that gain members and lose them again are as they were.
        expect(JSON.parse(editJson(edited, old))).toEqual(old);
      }),
      { numRuns: 300 },
    );
  });
});
