/** The rules of budgets: pure functions over plain data, `now` passed in. Tokens throughout. */
import type { BudgetChange } from "../../contract/params.ts";
import type { TokenUsage } from "../../contract/sessions.ts";
import type { Budgets, TokenLimits } from "../../contract/team.ts";
import { BUDGET_SCOPES, type BudgetScope } from "../../contract/vocabulary.ts";

export const NO_BUDGETS: Budgets = {
  session: { input: null, output: null },
  project: { input: null, output: null },
  team: { input: null, output: null },
};

/** After this long without a settlement a call is taken to have spent its estimate. */
const UNSETTLED_IS_SPENT_MS = 15 * 60 * 1000;

/** Days, today included, for which usage is kept. */
const USAGE_RETENTION_DAYS = 90;

const DAY_MS = 24 * 60 * 60 * 1000;

/** The UTC day of a time, as YYYY-MM-DD. */
export function utcDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** The oldest UTC day that is kept at `now`. */
export function oldestKeptDay(now: number): string {
  return utcDay(now - (USAGE_RETENTION_DAYS - 1) * DAY_MS);
}

/** The time at and before which a reservation that is still open counts as spent. */
export function spentSince(now: number): number {
  return now - UNSETTLED_IS_SPENT_MS;
}

export function changeBudgets(budgets: Budgets, change: BudgetChange): Budgets {
  const limits = (scope: BudgetScope): TokenLimits => {
    const { input, output } = change[scope] ?? {};
    return {
      input: input === undefined ? budgets[scope].input : input,
      output: output === undefined ? budgets[scope].output : output,
    };
  };
  return { session: limits("session"), project: limits("project"), team: limits("team") };
}

function isLimited(limits: TokenLimits): boolean {
  return limits.input !== null || limits.output !== null;
}

/**
 * The first limit that a call would break, or null where there is room. `committed` tells what is
 * settled and reserved in a scope today; it is asked only for scopes that have a limit.
 */
export function brokenLimit(
  budgets: Budgets,
  estimate: TokenUsage,
  committed: (scope: BudgetScope) => TokenUsage,
): BudgetScope | null {
  for (const scope of BUDGET_SCOPES) {
    const limits = budgets[scope];
    if (!isLimited(limits)) continue;
    const taken = committed(scope);
    if (exceeds(taken.input + estimate.input, limits.input)) return scope;
    if (exceeds(taken.output + estimate.output, limits.output)) return scope;
  }
  return null;
}

function exceeds(tokens: number, limit: number | null): boolean {
  return limit !== null && tokens > limit;
}
