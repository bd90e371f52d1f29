/**
 * Limits, reservations and usage: the only module that reads and writes the tables `budgets`,
 * `reservations` and `usage`. The rules are in budget.ts.
 *
 * A call costs three written rows: the reservation, its deletion, and the usage row that the
 * settlement adds to. Totals are added up when they are asked for, and only for scopes that have a
 * limit: even a day of 2,000 sessions is cheaper to read than one more row is to write with each
 * call (a written row costs as much as a thousand that are read).
 */
import type { BudgetChange } from "../../contract/params.ts";
import type { TokenUsage } from "../../contract/sessions.ts";
import type { Budgets, TokenLimits, UsageTotals } from "../../contract/team.ts";
import {
  type BudgetScope,
  USAGE_DIMENSIONS,
  type UsageDimension,
} from "../../contract/vocabulary.ts";
import type { Prices } from "../../memory/prices.ts";
import type { Database } from "../../platform/database.ts";
import {
  brokenLimit,
  changeBudgets,
  NO_BUDGETS,
  oldestKeptDay,
  spentSince,
  utcDay,
} from "./budget.ts";

/** Names one call to a provider. */
export interface CallKey {
  /** `<agent>/<session_id>`. */
  session: string;
  generation: number;
  batch: number;
  attempt: number;
  provider: string;
}

/** A call that is about to be made. */
export interface Reservation extends CallKey {
  /** The project's number. */
  project: number;
  estimate: TokenUsage;
}

/** A call that was made: the provider's own figures. */
export interface Settlement extends CallKey {
  model: string | null;
  usage: TokenUsage;
}

export type ReserveOutcome = { ok: true } | { ok: false; code: "over_budget"; limit: BudgetScope };

/** `unknown`: settled before, or never reserved, or reserved longer ago than usage is kept. */
export type SettleOutcome = "settled" | "unknown";

/** Days are UTC, YYYY-MM-DD, both ends included. */
export interface UsageQuery {
  since: string;
  until: string;
  by: UsageDimension[];
  /** By model. Absent from callers of older releases. */
  prices?: Prices["byModel"];
}

/** Most groups in one answer. */
const USAGE_ITEMS_MAX = 10_000;

/** The dimensions that were asked for, of one group; `project` is a number. */
interface UsageGroup {
  day?: string;
  session?: string;
  project?: number;
  provider?: string;
  model?: string | null;
}

export type UsageRow = UsageGroup & UsageTotals;

/** Usage in groups, the newest day first; `truncated` where there are more than `USAGE_ITEMS_MAX`. */
export interface Usage {
  items: UsageRow[];
  total: UsageTotals;
  truncated: boolean;
}

export const NO_USAGE: Usage = {
  items: [],
  total: { input: 0, output: 0, calls: 0, usd: 0, unsettled: { input: 0, output: 0, calls: 0 } },
  truncated: false,
};

export function readBudgets(db: Database): Budgets {
  const budgets = { ...NO_BUDGETS };
  const rows = db.all<TokenLimits & { scope: BudgetScope }>(
    "SELECT scope, input, output FROM budgets",
  );
  for (const { scope, input, output } of rows) budgets[scope] = { input, output };
  return budgets;
}

/** Changes the limits and returns what now holds. */
export function writeBudgets(db: Database, change: BudgetChange): Budgets {
  return db.transaction(() => {
    const budgets = changeBudgets(readBudgets(db), change);
    for (const [scope, limits] of Object.entries(budgets)) {
      db.run(
        `INSERT INTO budgets (scope, input, output) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET input = excluded.input, output = excluded.output`,
        scope,
        limits.input,
        limits.output,
      );
    }
    return budgets;
  });
}

/**
 * Checks the three limits against what is settled and reserved today, and reserves. The same call
 * reserved again while it is open is the same reservation: it keeps its day and its estimate.
 */
export function reserveTokens(db: Database, call: Reservation, now: number): ReserveOutcome {
  return db.transaction(() => {
    if (findReservation(db, call) !== null) return { ok: true };
    const day = utcDay(now);
    const limit = brokenLimit(readBudgets(db), call.estimate, (scope) =>
      committedTokens(db, scope, day, call),
    );
    if (limit !== null) return { ok: false, code: "over_budget", limit };
    db.run(
      `INSERT INTO reservations
         (session, generation, batch, attempt, provider, project, day, reserved_at, input, output)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...callValues(call),
      call.project,
      day,
      now,
      call.estimate.input,
      call.estimate.output,
    );
    removeOld(db, now);
    return { ok: true };
  });
}

/**
 * Puts the provider's own figures in the place of the estimate, on the day of the reservation,
 * however late. A second settlement of the same call changes nothing.
 */
export function settleTokens(db: Database, call: Settlement): SettleOutcome {
  return db.transaction(() => {
    const reservation = findReservation(db, call);
    if (reservation === null) return "unknown";
    db.run(`DELETE FROM reservations WHERE ${CALL_IS}`, ...callValues(call));
    db.run(
      `INSERT INTO usage (day, session, project, provider, model, input, output, calls)
       VALUES (?, ?, ?, ?, ?, ?, ?, 1)
       ON CONFLICT DO UPDATE SET input = input + excluded.input,
         output = output + excluded.output, calls = calls + 1`,
      reservation.day,
      call.session,
      reservation.project,
      call.provider,
      call.model ?? "",
      call.usage.input,
      call.usage.output,
    );
    return "settled";
  });
}

/** A project was merged into another one: what it used counts for that one from now on. */
export function passUsageOn(db: Database, number: number, into: number): void {
  db.run(
    `INSERT INTO usage (day, session, project, provider, model, input, output, calls)
     SELECT day, session, ?2, provider, model, input, output, calls FROM usage WHERE project = ?1
     ON CONFLICT DO UPDATE SET input = input + excluded.input,
       output = output + excluded.output, calls = calls + excluded.calls`,
    number,
    into,
  );
  db.run("DELETE FROM usage WHERE project = ?", number);
  db.run("UPDATE reservations SET project = ? WHERE project = ?", into, number);
}

/** What was used between two days. Estimates count from 15 minutes after their reservation. */
export function readUsage(db: Database, query: UsageQuery, now: number): Usage {
  const columns = USAGE_DIMENSIONS.filter((dimension) => query.by.includes(dimension)).join(", ");
  const items =
    columns === ""
      ? []
      : sumUsage(
          db,
          `${columns},`,
          `GROUP BY ${columns} ORDER BY ${columns.replace("day", "day DESC")}
           LIMIT ${USAGE_ITEMS_MAX + 1}`,
          query,
          now,
        );
  return {
    items: items.slice(0, USAGE_ITEMS_MAX),
    total: sumUsage(db, "", "", query, now)[0] ?? NO_USAGE.total,
    truncated: items.length > USAGE_ITEMS_MAX,
  };
}

const CALL_IS = "session = ? AND generation = ? AND batch = ? AND attempt = ? AND provider = ?";

function callValues(call: CallKey): [string, number, number, number, string] {
  return [call.session, call.generation, call.batch, call.attempt, call.provider];
}

function findReservation(db: Database, call: CallKey): { day: string; project: number } | null {
  return db.one<{ day: string; project: number }>(
    `SELECT day, project FROM reservations WHERE ${CALL_IS}`,
    ...callValues(call),
  );
}

/** What is settled and reserved on a day by the call's session, by its project, or by all. */
function committedTokens(
  db: Database,
  scope: BudgetScope,
  day: string,
  call: Reservation,
): TokenUsage {
  const condition = scope === "team" ? "" : `AND ${scope} = ?`;
  const values = scope === "team" ? [] : [call[scope]];
  const row = db.one<TokenUsage>(
    `SELECT coalesce(sum(input), 0) AS input, coalesce(sum(output), 0) AS output FROM (
       SELECT input, output FROM usage WHERE day = ? ${condition}
       UNION ALL
       SELECT input, output FROM reservations WHERE day = ? ${condition}
     )`,
    day,
    ...values,
    day,
    ...values,
  );
  return row ?? { input: 0, output: 0 };
}

/** `columns` and `grouping` are SQL of this module's making, empty for one row of all. */
function sumUsage(
  db: Database,
  columns: string,
  grouping: string,
  query: UsageQuery,
  now: number,
): UsageRow[] {
  const rows = db.all<
    UsageGroup &
      TokenUsage & {
        calls: number;
        usd: number;
        unpriced: number;
        spent_input: number;
        spent_output: number;
        spent_calls: number;
      }
  >(
    `WITH price AS (
       SELECT key AS model, value ->> 'input' AS input, value ->> 'output' AS output
       FROM json_each(?4)
     )
     SELECT ${columns}
       coalesce(sum(input), 0) AS input,
       coalesce(sum(output), 0) AS output,
       coalesce(sum(calls), 0) AS calls,
       coalesce(sum(usd), 0) AS usd,
       coalesce(sum(usd IS NULL), 0) AS unpriced,
       coalesce(sum(spent_input), 0) AS spent_input,
       coalesce(sum(spent_output), 0) AS spent_output,
       coalesce(sum(spent_calls), 0) AS spent_calls
     FROM (
       SELECT day, session, project, provider, nullif(usage.model, '') AS model,
         usage.input, usage.output, calls,
         (usage.input * price.input + usage.output * price.output) / 1e6 AS usd,
         0 AS spent_input, 0 AS spent_output, 0 AS spent_calls
       FROM usage LEFT JOIN price ON price.model = iif(
         EXISTS (SELECT 1 FROM price AS own WHERE own.model = usage.model), usage.model, '*')
       WHERE day BETWEEN ?1 AND ?2
       UNION ALL
       SELECT day, session, project, provider, NULL, 0, 0, 0, 0, input, output, 1
       FROM reservations WHERE day BETWEEN ?1 AND ?2 AND reserved_at <= ?3
     ) ${grouping}`,
    query.since,
    query.until,
    spentSince(now),
    JSON.stringify(query.prices ?? {}),
  );
  return rows.map(({ spent_input, spent_output, spent_calls, usd, unpriced, ...group }) => ({
    ...group,
    usd: unpriced === 0 ? usd : null,
    unsettled: { input: spent_input, output: spent_output, calls: spent_calls },
  }));
}

/** Costs one index look-up where nothing is old, so it can be done in passing. */
function removeOld(db: Database, now: number): void {
  const oldest = oldestKeptDay(now);
  db.run("DELETE FROM usage WHERE day < ?", oldest);
  db.run("DELETE FROM reservations WHERE day < ?", oldest);
}
