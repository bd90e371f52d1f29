import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Reservation } from "../../../src/durable/team/budget-store.ts";
import { readUsage, reserveTokens, settleTokens } from "../../../src/durable/team/budget-store.ts";
import { TEAM_MIGRATIONS } from "../../../src/durable/team/migrations.ts";
import { Database } from "../../../src/platform/database.ts";
import { READER } from "../../support/reader.ts";

const EVER = { since: "0000-01-01", until: "9999-12-31" };
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const NOON = Date.UTC(2026, 10, 20, 12);
const LAST_MINUTE = Date.UTC(2026, 10, 20, 23, 59);

/** A call of a session; each field that a test is about is given. */
function call(change: Partial<Reservation> = {}): Reservation {
  return {
    session: "claude-code/s1",
    project: 1,
    provider: "anthropic",
    generation: 1,
    batch: 1,
    attempt: 1,
    estimate: { input: 100, output: 10 },
    ...change,
  };
}

function settled(reservation: Reservation, input: number, output: number) {
  return { ...reservation, model: "small-1", usage: { input, output } };
}

/** Runs `use` on the tables of a fresh team, where a test can choose the time. */
async function onTables(team: string, use: (db: Database) => void | Promise<void>): Promise<void> {
  await runInDurableObject(env.TEAMS.getByName(team), async (_, state) => {
    const db = new Database(state.storage, TEAM_MIGRATIONS);
    db.migrate();
    await use(db);
  });
}

function usageOf(db: Database, day: string, now: number) {
  const { total } = readUsage(db, { since: day, until: day, by: [] }, now);
  return total;
}

describe("a budget", () => {
  it("lets every call through where no limit is set, and counts it all the same", async () => {
    const team = env.TEAMS.getByName("budget-none");
    expect(await team.budgets(READER, {})).toEqual({
      session: { input: null, output: null },
      project: { input: null, output: null },
      team: { input: null, output: null },
    });
    const huge = call({ estimate: { input: 10_000_000, output: 10_000_000 } });
    expect(await team.reserve(huge)).toEqual({ ok: true });
    expect(await team.settle(settled(huge, 123, 45))).toBe("settled");
    const usage = await team.usage(READER, { ...EVER, by: [] });
    expect(usage.total).toMatchObject({ input: 123, output: 45, calls: 1 });
  });

  it.each([
    ["session", { session: "claude-code/s1", project: 2 }, { session: "claude-code/s2" }],
    ["project", { session: "claude-code/s2" }, { session: "claude-code/s2", project: 2 }],
    ["team", { session: "claude-code/s2", project: 2 }, null],
  ] as const)("holds the %s's limits on input and on output", async (scope, same, other) => {
    for (const kind of ["input", "output"] as const) {
      const team = env.TEAMS.getByName(`budget-${scope}-${kind}`);
      await team.setBudgets({ [scope]: { [kind]: 100 } });
      const estimate = (tokens: number) => ({ input: 0, output: 0, [kind]: tokens });

      // 60 settled and 30 reserved leave room for 10.
      const first = call({ estimate: estimate(90) });
      expect(await team.reserve(first)).toEqual({ ok: true });
      await team.settle({ ...first, model: null, usage: estimate(60) });
      expect(await team.reserve(call({ batch: 2, estimate: estimate(30) }))).toEqual({ ok: true });
      const over = call({ ...same, batch: 3, estimate: estimate(11) });
      expect(await team.reserve(over)).toEqual({ ok: false, code: "over_budget", limit: scope });
      expect(await team.reserve(call({ ...same, batch: 4, estimate: estimate(10) }))).toEqual({
        ok: true,
      });
      if (other !== null) {
        const elsewhere = call({ ...other, batch: 5, estimate: estimate(100) });
        expect(await team.reserve(elsewhere)).toEqual({ ok: true });
      }
    }
  });

  it("gives the last room to one of many that ask at once", async () => {
    const team = env.TEAMS.getByName("budget-race");
    await team.setBudgets({ team: { input: 350 } });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) => team.reserve(call({ session: `claude-code/s${i}` }))),
    );
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(3);
  });

  it("takes a call that is reserved or settled again for the same call", async () => {
    const team = env.TEAMS.getByName("budget-idempotent");
    await team.setBudgets({ session: { input: 250 } });
    const first = call();
    expect(await team.reserve(first)).toEqual({ ok: true });
    expect(await team.reserve(first)).toEqual({ ok: true });
    expect(await team.settle(settled(first, 150, 5))).toBe("settled");
    expect(await team.settle(settled(first, 150, 5))).toBe("unknown");
    expect(await team.settle(settled(call({ batch: 99 }), 150, 5))).toBe("unknown");

    // The same batch with another attempt, generation or provider is another call.
    await team.setBudgets({ session: { input: null } });
    for (const change of [{ attempt: 2 }, { generation: 2 }, { provider: "second" }]) {
      const again = call(change);
      await team.reserve(again);
      expect(await team.settle(settled(again, 1, 1))).toBe("settled");
    }
    const { total } = await team.usage(READER, { ...EVER, by: [] });
    expect(total).toMatchObject({ input: 153, output: 8, calls: 4 });
  });

  it("counts what nobody settled as spent, as usage from 15 minutes on, until it is settled", async () => {
    await env.TEAMS.getByName("budget-unsettled").setBudgets({ session: { input: 150 } });
    await onTables("budget-unsettled", (db) => {
      const lost = call();
      reserveTokens(db, lost, NOON);
      const next = call({ batch: 2 });
      for (const later of [MINUTE_MS, 15 * MINUTE_MS, 11 * 60 * MINUTE_MS]) {
        expect(reserveTokens(db, next, NOON + later)).toMatchObject({ limit: "session" });
      }
      const early = usageOf(db, "2026-11-20", NOON + 15 * MINUTE_MS - 1);
      expect(early.unsettled).toEqual({ input: 0, output: 0, calls: 0 });
      const due = usageOf(db, "2026-11-20", NOON + 15 * MINUTE_MS);
      expect(due).toMatchObject({ input: 0, calls: 0 });
      expect(due.unsettled).toEqual({ input: 100, output: 10, calls: 1 });

      settleTokens(db, settled(lost, 40, 4));
      expect(usageOf(db, "2026-11-20", NOON + DAY_MS)).toEqual({
        input: 40,
        output: 4,
        calls: 1,
        usd: null,
        unsettled: { input: 0, output: 0, calls: 0 },
      });
      expect(reserveTokens(db, next, NOON + 12 * 60 * MINUTE_MS - 1)).toEqual({ ok: true });
    });
  });

  it("starts anew at midnight UTC, and books a call on the day of its reservation", async () => {
    await env.TEAMS.getByName("budget-midnight").setBudgets({ team: { input: 100 } });
    await onTables("budget-midnight", (db) => {
      const late = call();
      expect(reserveTokens(db, late, LAST_MINUTE)).toEqual({ ok: true });
      expect(reserveTokens(db, call({ batch: 2 }), LAST_MINUTE + MINUTE_MS - 1).ok).toBe(false);
      const early = call({ batch: 3 });
      expect(reserveTokens(db, early, LAST_MINUTE + MINUTE_MS)).toEqual({ ok: true });
      settleTokens(db, settled(late, 70, 7));
      settleTokens(db, settled(early, 80, 8));
      expect(usageOf(db, "2026-11-20", NOON + DAY_MS)).toMatchObject({ input: 70, calls: 1 });
      expect(usageOf(db, "2026-11-21", NOON + DAY_MS)).toMatchObject({ input: 80, calls: 1 });
    });
  });

  it("keeps usage for 90 days, and an open reservation no longer", async () => {
    await onTables("budget-retention", (db) => {
      const [first, open] = [call(), call({ batch: 2 })];
      reserveTokens(db, first, NOON);
      settleTokens(db, settled(first, 5, 5));
      reserveTokens(db, open, NOON);
      const later = (days: number) => {
        reserveTokens(db, call({ batch: 2 + days }), NOON + days * DAY_MS);
        return usageOf(db, "2026-11-20", NOON + days * DAY_MS);
      };
      expect(later(89)).toMatchObject({ calls: 1, unsettled: { calls: 1 } });
      expect(later(90)).toMatchObject({ calls: 0, unsettled: { calls: 0 } });
      expect(settleTokens(db, settled(open, 5, 5))).toBe("unknown");
    });
  });

  it("costs three written rows a call", async () => {
    await env.TEAMS.getByName("budget-rows").setBudgets({ team: { input: 1_000_000 } });
    await runInDurableObject(env.TEAMS.getByName("budget-rows"), (_, state) => {
      const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
      const counting = {
        sql: {
          exec: (query: string, ...values: unknown[]) => {
            const cursor = state.storage.sql.exec(query, ...values);
            cursors.push(cursor);
            return cursor;
          },
        },
        transactionSync: <T>(change: () => T) => state.storage.transactionSync(change),
      } as unknown as DurableObjectStorage;
      const db = new Database(counting, TEAM_MIGRATIONS);
      db.migrate();
      for (let batch = 1; batch <= 3; batch++) {
        cursors.length = 0;
        reserveTokens(db, call({ batch }), NOON);
        settleTokens(db, settled(call({ batch }), 90, 9));
        expect(cursors.reduce((rows, cursor) => rows + cursor.rowsWritten, 0)).toBe(3);
      }
    });
  });
});
