/** `/v1/budgets`: the team's token limits per UTC day, for a session, a project and all together. */
import { Hono } from "hono";
import { BudgetChangeBody } from "../contract/params.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseBody } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { budgets, setBudgets } from "../service/usage.ts";

/** Behind the authentication; to be mounted at `/v1/budgets`. */
export const budgetRoutes = new Hono<AppEnv>();

budgetRoutes.get("/", async (c) => c.json(await budgets(callContext(c))));

/** What is left out stays as it is; null takes a limit away. */
budgetRoutes.put("/", async (c) => {
  const change = await parseBody(c, BudgetChangeBody);
  return c.json(await setBudgets(callContext(c), change));
});
