/** `/v1/budgets`: the team's token limits per UTC day, for a session, a project and all together. */
import { Hono } from "hono";
import { z } from "zod";
import type { AppEnv } from "../http/app-env.ts";
import { parseBody } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { budgets, setBudgets } from "../service/usage.ts";

const Limit = z.int().min(0).nullable().optional();
// Strict, so that a misspelt limit is an error and not a limit that never holds.
const Limits = z.strictObject({ input: Limit, output: Limit }).optional();
const BudgetChangeSchema = z.strictObject({ session: Limits, project: Limits, team: Limits });

/** Behind the authentication; to be mounted at `/v1/budgets`. */
export const budgetRoutes = new Hono<AppEnv>();

budgetRoutes.get("/", async (c) => c.json(await budgets(callContext(c))));

/** What is left out stays as it is; null takes a limit away. */
budgetRoutes.put("/", async (c) => {
  const change = await parseBody(c, BudgetChangeSchema);
  return c.json(await setBudgets(callContext(c), change));
});
