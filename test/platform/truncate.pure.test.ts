import { describe, expect, it } from "vitest";
import { truncate, truncateStart } from "../../src/platform/truncate.ts";

describe("truncating text", () => {
  it("leaves alone what fits, and holds what does not to the length, mark included", () => {
    for (const cut of [truncate, truncateStart]) {
      expect(cut("wombat", 6)).toBe("wombat");
      expect(cut("", 0)).toBe("");
      for (let max = 0; max <= 8; max++) {
        expect(cut("wombats are here", max).length).toBe(max);
        expect(cut("wombats are here", max, "…").length).toBe(Math.max(1, max));
      }
    }
    expect(truncate("wombats are here", 8, "…")).toBe("wombats…");
    expect(truncateStart("wombats are here", 5, "…")).toBe("…here");
    expect(truncate("wombats", 0, "…")).toBe("…");
  });

  it("never splits a character of two units, and never loses a whole one that fits", () => {
    const faces = "a😀b😀😀c";
    for (let max = 0; max <= faces.length; max++) {
      for (const part of [truncate(faces, max), truncateStart(faces, max)]) {
        expect(part.isWellFormed()).toBe(true);
        expect(part.length).toBeGreaterThanOrEqual(max - 1);
        expect(part.length).toBeLessThanOrEqual(max);
      }
      expect(faces.startsWith(truncate(faces, max))).toBe(true);
      expect(faces.endsWith(truncateStart(faces, max))).toBe(true);
    }
  });
});
