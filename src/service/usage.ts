/** The tokens that a team's calls to providers used, and its limits per UTC day. */
import { readerOf } from "../access/caller.ts";
import { readConfig } from "../config.ts";
import type { BudgetChange } from "../contract/params.ts";
import type { Budgets, NamedUsage } from "../contract/team.ts";
import type { UsageDimension } from "../contract/vocabulary.ts";
import { utcDay } from "../durable/team/budget.ts";
import { doerOf } from "./audit.ts";
import type { CallContext } from "./call-context.ts";
import { teamObject } from "./objects.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Days before today that are told where no `since` is given. */
const DEFAULT_DAYS = 29;

/** UTC days, YYYY-MM-DD, both included. */
export interface UsageRequest {
  since?: string | undefined;
  until?: string | undefined;
  by: UsageDimension[];
}

/** By the providers' own figures; without days, of the last 30. */
export async function usage(call: CallContext, request: UsageRequest): Promise<NamedUsage> {
  const query = {
    since: request.since ?? utcDay(call.now - DEFAULT_DAYS * DAY_MS),
    until: request.until ?? utcDay(call.now),
    by: request.by,
    prices: readConfig(call.env).prices.byModel,
  };
  return await teamObject(call.env, call.caller.team).repeatable((stub) =>
    stub.usage(readerOf(call.caller), query),
  );
}

export async function budgets(call: CallContext): Promise<Budgets> {
  return await teamObject(call.env, call.caller.team).repeatable((stub) =>
    stub.budgets(readerOf(call.caller), {}),
  );
}

/** What is left out stays as it is; null takes a limit away. Returns what now holds. */
export async function setBudgets(call: CallContext, change: BudgetChange): Promise<Budgets> {
  const request = { ...change, by: doerOf(call.caller) };
  return await teamObject(call.env, call.caller.team).repeatable((stub) =>
    stub.setBudgets(request),
  );
}
