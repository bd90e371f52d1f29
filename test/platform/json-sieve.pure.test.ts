import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonSieve, SIEVE_MAX_BYTES } from "../../src/platform/json-sieve.ts";
import { TEXT_CUT } from "../../src/platform/long-text.ts";

const encoder = new TextEncoder();

/** The bytes in pieces that end at `cuts`, which are shares of the whole. */
function sieved(bytes: Uint8Array, cuts: readonly number[] = []) {
  const sieve = new JsonSieve();
  const ends = [...cuts.map((share) => Math.floor(share * bytes.length)), bytes.length];
  let from = 0;
  for (const end of ends.sort((a, b) => a - b)) {
    sieve.push(bytes.subarray(from, end));
    from = end;
  }
  return sieve.end();
}

const valuesOf = (json: string, cuts?: readonly number[]) => {
  const result = sieved(encoder.encode(json), cuts);
  if ("fault" in result) throw new Error(result.fault);
  return result.values;
};
const firstOf = (json: string, cuts?: readonly number[]) => valuesOf(json, cuts)[0];

const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 });

describe("what is small", () => {
  it("stays as it is, whatever it holds and wherever the bytes were cut", () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 6 }),
        shares,
        fc.constantFrom(0, 2),
        (value, cuts, indent) => {
          // Unicode escapes, too, which JSON.stringify does not write.
          const json = JSON.stringify(value, null, indent).replace(/é|😀/g, (found) =>
            [...found]
              .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
              .join(""),
          );
          expect(valuesOf(json, cuts)).toEqual([JSON.parse(json)]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("may be several values, which come a line each", () => {
    expect(valuesOf('{"a":1}\n{"a":\n2}', [0.3])).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it("is refused where it is no JSON or not at its end", () => {
    for (const json of [
      '{"a":1',
      '{"a"',
      '{"a":1}}',
      "[1,]2",
      '{"a" 1}',
      "[1 2]",
      '{"a":1,}',
      '"open',
      "[}",
      "{1:2}",
    ]) {
      expect(sieved(encoder.encode(json)), json).toEqual({ fault: "not_json" });
    }
    expect(sieved(encoder.encode(" \n"))).toEqual({ fault: "empty_body" });
  });
});

describe("what is large", () => {
  it("keeps head and tail of each text, whole characters and escapes, and counts what is missing", () => {
    const piece = fc.constantFrom("a", "é", "日", "😀", '"', "\\", "\n", "\u0001", "plain words ");
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 20, maxLength: 60 }),
        fc.nat(9),
        shares,
        (pieces, shift, cuts) => {
          const text =
            "x".repeat(shift) + pieces.join("").repeat(Math.ceil(200_000 / pieces.join("").length));
          const { text: kept, end } = firstOf(JSON.stringify({ text, end: 1 }), cuts) as {
            text: string;
            end: number;
          };
          expect(end).toBe(1);
          const [missing = "", count] = TEXT_CUT.exec(kept) ?? [];
          const [head = "", tail = ""] = kept.split(missing);
          expect(Number(count)).toBeGreaterThan(0);
          expect(text.startsWith(head)).toBe(true);
          expect(text.endsWith(tail)).toBe(true);
          expect(encoder.encode(JSON.stringify(kept)).length).toBeLessThanOrEqual(64 * 1024);
          expect(tail.length).toBeGreaterThan(1_000);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("leaves out what comes after a megabyte, and stays JSON", () => {
    const many = Array.from({ length: 100_000 }, (_, i) => ({ id: i, text: "some words of it" }));
    const kept = firstOf(JSON.stringify({ first: "kept", many, last: "left out" })) as {
      first: string;
      many: object[];
      last?: string;
    };
    expect(JSON.stringify(kept).length).toBeLessThan(SIEVE_MAX_BYTES + 1_000);
    expect(JSON.stringify(kept).length).toBeGreaterThan(SIEVE_MAX_BYTES - 1_000);
    expect(kept.first).toBe("kept");
    const whole = kept.many.length - 1;
    expect(kept.many.slice(0, whole)).toEqual(many.slice(0, whole));
    expect(kept.last).toBeUndefined();
  });

  it("holds no long name or number, and nothing that is nested very deep", () => {
    const deep = `${"[".repeat(5_000)}1${"]".repeat(5_000)}`;
    const json = `{"${"n".repeat(3_000)}":1,"number":${"1".repeat(3_000)},"deep":${deep},"end":true}`;
    const kept = firstOf(json) as Record<string, unknown>;
    expect(Object.keys(kept)).toEqual(["number", "deep", "end"]);
    expect(kept.number).toBeNull();
    expect(JSON.stringify(kept.deep)).toBe(`${"[".repeat(63)}null${"]".repeat(63)}`);
  });
});

it("tells of a value that only began what is known so far", () => {
  const sieve = new JsonSieve();
  sieve.push(encoder.encode('{"session_id":"s1","cwd":"/home/ada","tool_input":{"file":"a","con'));
  expect(sieve.soFar()).toEqual({
    session_id: "s1",
    cwd: "/home/ada",
    tool_input: { file: "a" },
  });
});
