/** `/v1/budgets`: the team's token limits per UTC day, for a session, a project and all together. */
import { Hono } from "hono";
import { BUDGETS_EXAMPLE } from "../contract/examples.ts";
import { BudgetChangeBody } from "../contract/params.ts";
import { BudgetsSchema } from "../contract/team.ts";
import type { AppEnv } from "../http/app-env.ts";
import { route } from "../http/described-route.ts";
import { budgets, setBudgets } from "../service/usage.ts";

/** Behind the authentication; to be mounted at `/v1/budgets`. */
export const budgetRoutes = new Hono<AppEnv>();

budgetRoutes.get(
  "/",
  route(
    {
      summary: "The token limits that hold",
      answer: BudgetsSchema,
      example: { request: "/v1/budgets", answer: BUDGETS_EXAMPLE },
    },
    budgets,
  ),
);

budgetRoutes.put(
  "/",
  route(
    {
      summary: "Changes token limits",
      detail: "What is left out stays as it is; `null` takes a limit away.",
      body: BudgetChangeBody,
      answer: BudgetsSchema,
      example: {
        request: "/v1/budgets",
        body: { session: { input: 500_000 } },
        answer: BUDGETS_EXAMPLE,
      },
    },
    (call, { body }) => setBudgets(call, body),
  ),
);
