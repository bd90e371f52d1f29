/** The team's budget as a provider's call meets it. */
import type { BudgetGate } from "../../../agent/observer.ts";
import { sessionPath } from "../../../memory/session-name.ts";
import type { LeasedBatch } from "../queue/lifecycle.ts";
import type { SessionDependencies } from "../session-dependencies.ts";
import { sessionLog } from "../session-log.ts";
import type { SessionRow } from "../session-row.ts";

/** The team's budget as the observer sees it: asked before a call, told after it. */
export function budgetOf(
  row: SessionRow,
  batch: LeasedBatch,
  deps: SessionDependencies,
): BudgetGate & { readonly unreachable: boolean } {
  let unreachable = false;
  const call = {
    session: sessionPath(row),
    generation: row.generation,
    batch: batch.batch,
    attempt: batch.tries,
  };
  return {
    get unreachable() {
      return unreachable;
    },
    async reserve(provider, estimate) {
      try {
        const team = deps.team(row.team);
        const project = await deps.projectNumber(row.team, row.project);
        const answer = await team.reserve({ ...call, project, provider, estimate });
        return answer.ok ? "ok" : "over";
      } catch {
        unreachable = true;
        return "unreachable";
      }
    },
    async settle(provider, model, usage) {
      // Unsettled, the estimate counts as spent after 15 minutes: nothing goes uncounted.
      await deps
        .team(row.team)
        .settle({ ...call, provider, model, usage })
        .catch((error: unknown) => {
          sessionLog(row)("warn", "settle_failed", { batch: batch.batch }, error);
        });
    },
  };
}
