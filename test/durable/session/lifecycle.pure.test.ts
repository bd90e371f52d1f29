import { describe, expect, it } from "vitest";
import {
  abandon,
  bury,
  type Failure,
  fail,
  finish,
  holdsLease,
  isAbandoned,
  LEASE_MS,
  lease,
  newBatch,
  revive,
  sessionState,
} from "../../../src/durable/session/queue/lifecycle.ts";
import { backoffMs, MAX_ATTEMPTS, recoveryMs } from "../../../src/durable/session/queue/retry.ts";

const NOW = 1_000_000;
const seqs = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
const failure = (kind: Failure["kind"], retryAfterMs: number | null = null): Failure => ({
  kind,
  message: "x",
  retryAfterMs,
  probeAt: null,
});
const leased = (batch = newBatch(1, 1, 4, NOW)) => lease(batch, "token", "owner", NOW);

describe("each arrow of the state machine", () => {
  it("pending → leased: counts a try, and holds the batch for one token", () => {
    const batch = leased();
    expect(batch).toMatchObject({ state: "leased", tries: 1, attempts: 0 });
    expect(holdsLease(batch, "token")).toBe(true);
    expect(holdsLease(batch, "another")).toBe(false);
    expect(holdsLease(null, "token")).toBe(false);
  });

  it("leased → done: the lease is over, so a second answer changes nothing", () => {
    const done = finish(leased(), {
      provider: "extractive",
      skipped: { "tool:a": "routine" },
      openWork: null,
    });
    expect(done).toMatchObject({ state: "done", skipped: { "tool:a": "routine" } });
    expect(done).not.toHaveProperty("lease");
    expect(holdsLease(done, "token")).toBe(false);
  });

  it("leased → pending, abandoned: when its time is over, its object gone, or the clock went back", () => {
    const batch = leased();
    expect(isAbandoned(batch, "owner", NOW + LEASE_MS - 1)).toBe(false);
    expect(isAbandoned(batch, "owner", NOW + LEASE_MS)).toBe(true);
    expect(isAbandoned(batch, "another life", NOW)).toBe(true);
    expect(isAbandoned(batch, "owner", NOW - 3_600_000)).toBe(true);
    const back = abandon(batch, seqs(1, 4), 2, NOW);
    expect(back.batches).toMatchObject([{ batch: 1, state: "pending", attempts: 0 }]);
    expect(back.batches[0]).not.toHaveProperty("lease");
  });

  it("abandoned three times in a row: halved, because one of the events may be the cause", () => {
    const batch = { ...leased(), abandoned: 2 };
    const { batches, nextBatch } = abandon(batch, seqs(1, 4), 7, NOW);
    expect(batches).toMatchObject([
      { batch: 7, fromSeq: 1, toSeq: 2 },
      { batch: 8, fromSeq: 3, toSeq: 4 },
    ]);
    expect(nextBatch).toBe(9);
    expect(abandon({ ...batch, fromSeq: 4 }, [4], 7, NOW).batches).toHaveLength(1);
  });

  it("leased → dead, abandoned ten times in a row and alone: our own code does not survive it", () => {
    const alone = { ...leased(newBatch(1, 4, 4, NOW)), abandoned: 9 };
    expect(abandon(alone, [4], 7, NOW).batches).toMatchObject([{ batch: 1, state: "dead" }]);
    const before = { ...alone, abandoned: 8 };
    expect(abandon(before, [4], 7, NOW).batches).toMatchObject([{ state: "pending" }]);
  });

  it("leased → pending, where the budget could not be asked: no attempt used", () => {
    const [later] = fail(leased(), failure("budget_unreachable"), seqs(1, 4), 2, NOW, 0).batches;
    expect(later).toMatchObject({ state: "pending", attempts: 0, dueAt: NOW + 1_000 });
  });

  it("leased → pending, failed: overload uses up an attempt and waits, retry-after at least", () => {
    const [again] = fail(leased(), failure("overloaded", 60_000), seqs(1, 4), 2, NOW, 0).batches;
    expect(again).toMatchObject({ state: "pending", attempts: 1, notBefore: NOW + 60_000 });
    expect(again).toMatchObject({ dueAt: NOW + 60_000 });
    const [soon] = fail(leased(), failure("network"), seqs(1, 4), 2, NOW, 0.5).batches;
    expect(soon).toMatchObject({ attempts: 1, notBefore: 0, dueAt: NOW + backoffMs(1, 0.5) });
  });

  it("leased → dead: after the last attempt, whole, because overload is no event's fault", () => {
    const last = leased({ ...newBatch(1, 1, 4, NOW), attempts: MAX_ATTEMPTS - 1 });
    const { batches } = fail(last, failure("overloaded"), seqs(1, 4), 2, NOW, 0);
    expect(batches).toMatchObject([{ batch: 1, state: "dead", attempts: MAX_ATTEMPTS }]);
    expect(batches[0]?.error).toContain("overloaded");
  });

  it("leased → two halves: nonsense, refusal of content and excess length, until one stands alone", () => {
    for (const kind of ["invalid_output", "refused_content", "too_long"] as const) {
      const { batches } = fail(leased(), failure(kind), seqs(1, 4), 2, NOW, 0);
      expect(batches.map((b) => [b.batch, b.fromSeq, b.toSeq, b.state])).toEqual([
        [2, 1, 2, "pending"],
        [3, 3, 4, "pending"],
      ]);
      const [alone] = fail(leased(), failure(kind), [1], 2, NOW, 0).batches;
      expect(alone).toMatchObject({ batch: 1, attempts: 1, state: "pending" });
    }
  });

  it("leased → pending, refused: no attempt used, due at the provider's next probe", () => {
    const refused = { ...failure("refused_access"), probeAt: NOW + 60_000 };
    const { batches } = fail(leased(), refused, seqs(1, 4), 2, NOW, 0);
    expect(batches).toMatchObject([{ state: "pending", attempts: 0, dueAt: NOW + 60_000 }]);
  });

  it("dead → pending: fresh attempts and new numbers for the chosen, the others stay dead", () => {
    const dead = bury(newBatch(1, 1, 5, NOW), "overloaded");
    const some = revive(dead, [1, 2, 4, 5], new Set([2]), 10, NOW);
    expect(some.batches.map((b) => [b.batch, b.fromSeq, b.toSeq, b.state, b.attempts])).toEqual([
      [10, 1, 1, "dead", 3],
      [11, 2, 3, "pending", 0],
      [12, 4, 5, "dead", 3],
    ]);
    const all = revive(dead, [1, 2, 4, 5], "all", 10, NOW);
    expect(all.batches).toMatchObject([{ batch: 10, fromSeq: 1, toSeq: 5, state: "pending" }]);
  });
});

describe("the state that a session shows", () => {
  const none = { pending: 0, leased: 0, outbox: 0, paused: false, closed: false };
  it("is active while anything is pending, leased or undelivered, and idle without", () => {
    expect(sessionState(none)).toBe("idle");
    expect(sessionState({ ...none, pending: 1 })).toBe("active");
    expect(sessionState({ ...none, leased: 1 })).toBe("active");
    expect(sessionState({ ...none, outbox: 1 })).toBe("active");
  });
  it("is paused only where what waits, waits for a provider; closed is closed", () => {
    expect(sessionState({ ...none, pending: 1, paused: true })).toBe("paused");
    expect(sessionState({ ...none, pending: 1, outbox: 1, paused: true })).toBe("active");
    expect(sessionState({ ...none, paused: true })).toBe("idle");
    expect(sessionState({ ...none, closed: true })).toBe("closed");
  });
});

describe("delays", () => {
  it("back off between nothing and a ceiling that doubles up to five minutes", () => {
    expect(backoffMs(1, 0)).toBe(0);
    expect(backoffMs(1, 0.999)).toBeLessThan(30_000);
    expect(backoffMs(2, 0.999)).toBeGreaterThan(59_000);
    expect(backoffMs(60, 0.999)).toBeLessThanOrEqual(300_000);
  });
  it("recover after 30 seconds, and ever more rarely up to every six hours", () => {
    expect([0, 1, 2, 9, 10, 50].map((n) => recoveryMs(n) / 1000)).toEqual([
      30, 60, 120, 15_360, 21_600, 21_600,
    ]);
  });
});
