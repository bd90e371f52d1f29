import { describe, expect, it } from "vitest";
import { z } from "zod";
import { lenient } from "../../src/mcp/lenient.ts";
import { ItemId, wholeNumber } from "../../src/mcp/parameters.ts";

const Input = z.object({
  query: z.string().optional(),
  queries: z.array(z.string()).default([]),
  narrative: z.string(),
  branch: z.string().optional(),
  type: z.enum(["bugfix", "decision"]).optional(),
  state: z.enum(["open", "closed"]).default("open"),
  concepts: z.array(z.enum(["gotcha", "how-it-works"])).default([]),
  ids: z.array(ItemId).default([]),
  around: ItemId.optional(),
  limit: wholeNumber(12, 1, 30, "Rows."),
  idempotency_key: z.string().optional(),
  whole: z.boolean().optional(),
});
const reader = lenient(Input);

/** What is read of the arguments, without what nothing was sent for. */
function read(sent: Record<string, unknown>): unknown {
  const { narrative, queries, concepts, ids, limit, state, ...others } = reader.parse({
    narrative: "n",
    ...sent,
  });
  return {
    ...(narrative === "n" ? {} : { narrative }),
    ...(queries.length === 0 ? {} : { queries }),
    ...(concepts.length === 0 ? {} : { concepts }),
    ...(ids.length === 0 ? {} : { ids }),
    ...(limit === 12 ? {} : { limit }),
    ...(state === "open" ? {} : { state }),
    ...others,
  };
}

describe("arguments as clients send them", () => {
  it.each([
    [{ limit: "5" }, { limit: 5 }],
    [{ limit: " 5.0 " }, { limit: 5 }],
    [{ limit: [5] }, { limit: 5 }],
    [{ limit: "null", branch: "null", type: "None", ids: "null", around: "undefined" }, {}],
    [{ limit: null, branch: "", type: " ", ids: [], around: null, query: "" }, {}],
    [{ query: "null" }, { query: "null" }],
    [{ query: 404 }, { query: "404" }],
    [{ query: ["redis"] }, { query: "redis" }],
    [{ query: ["redis", "redis pool"] }, { queries: ["redis", "redis pool"] }],
    [{ query: { text: "redis" } }, { query: "redis" }],
    [{ q: "redis" }, { query: "redis" }],
    [
      { Query: "redis", idempotencyKey: 7 },
      { query: "redis", idempotency_key: "7" },
    ],
    [{ queries: "redis pool, cache" }, { queries: ["redis pool, cache"] }],
    [{ queries: '["redis", "pool"]' }, { queries: ["redis", "pool"] }],
    [{ queries: [["redis"], null, ""] }, { queries: ["redis"] }],
    [{ queries: { 0: "redis", 1: "pool" } }, { queries: ["redis", "pool"] }],
    [{ queries: "- redis, the pool\n- cache" }, { queries: ["redis, the pool", "cache"] }],
    [{ type: "BugFix" }, { type: "bugfix" }],
    [{ type: '["bugfix"]' }, { type: "bugfix" }],
    [{ type: '"bugfix"' }, { type: "bugfix" }],
    [{ type: "any" }, {}],
    [{ state: ["CLOSED"] }, { state: "closed" }],
    [{ concepts: "Gotcha, how-it-works" }, { concepts: ["gotcha", "how-it-works"] }],
    [{ ids: "3-1,3-2" }, { ids: ["3-1", "3-2"] }],
    [{ ids: "3-1 3-2" }, { ids: ["3-1", "3-2"] }],
    [{ ids: "[3-1, 3-2]" }, { ids: ["3-1", "3-2"] }],
    [{ ids: "['3-1']" }, { ids: ["3-1"] }],
    [{ ids: [{ id: "3-1" }, "#3-2", " 3-3."] }, { ids: ["3-1", "3-2", "3-3"] }],
    [{ id: "3-1" }, { ids: ["3-1"] }],
    [{ around: ["3-1"] }, { around: "3-1" }],
    [{ around: '"3-1"' }, { around: "3-1" }],
    [{ narrative: ["one", "two"] }, { narrative: "one\ntwo" }],
    [{ narrative: "null" }, { narrative: "null" }],
    [{ whole: "True" }, { whole: true }],
  ])("reads %j as %j", (sent, meant) => {
    expect(read(sent)).toEqual(meant);
  });

  it.each([
    { limit: "ten" },
    { limit: "5 or 6" },
    { limit: [5, 6] },
    { type: "banana" },
    { type: ["bugfix", "decision"] },
    { state: "all" },
    { query: { text: "redis", limit: 5 } },
    { whole: "maybe" },
    { narrative: null },
  ])("leaves %j to the tool's own schema, which refuses it", (sent) => {
    expect(reader.safeParse({ narrative: "n", ...sent }).success).toBe(false);
  });

  it("takes no strange name for one that was sent, and shows the tool's own schema", () => {
    expect(read({ id: "3-1", ids: ["3-2"], q: "a", query: "b" })).toEqual({
      ids: ["3-2"],
      query: "b",
    });
    expect(z.toJSONSchema(reader, { io: "input" })).toEqual(z.toJSONSchema(Input, { io: "input" }));
  });
});
