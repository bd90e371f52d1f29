/** One batch through the chain of providers: claim under a lease, call, and put down what came of it. */

import { type BudgetGate, type ObserveOutcome, observe } from "../../../agent/observer.ts";
import { nextProbe } from "../../../agent/pause-schedule.ts";
import type { ObserverBatch } from "../../../agent/provider.ts";
import { isNotice } from "../../../hooks/stamps.ts";
import type { StoredEvent } from "../../../memory/event.ts";
import { sessionPath } from "../../../memory/session-name.ts";
import {
  CALL_DEADLINE_MS,
  type Failure,
  fail,
  finish,
  holdsLease,
  type LeasedBatch,
  lease,
  newBatch,
  type PendingBatch,
} from "../queue/lifecycle.ts";
import { MAX_ATTEMPTS } from "../queue/retry.ts";
import { cutBatch } from "../queue/schedule.ts";
import type { SessionDependencies } from "../session-dependencies.ts";
import { sessionLog } from "../session-log.ts";
import type { ProviderPause, SessionRow } from "../session-row.ts";
import type { SessionStore } from "../session-store.ts";
import { finishResults, type Request } from "./completion.ts";
import { addMissingSummaries } from "./missing-summaries.ts";

/** How many of the session's newest titles a provider knows; a model is shown fewer. */
const RECENT_TITLES = 500;

/** A batch under its lease. */
export interface Claim {
  batch: LeasedBatch;
  token: string;
}

/** Cuts the queue's next batch, which the caller claims at once. One transaction of the caller's. */
export function formBatch(store: SessionStore, row: SessionRow, now: number): PendingBatch | null {
  const head = store.log.head(row.lastBatchedSeq);
  const cut = cutBatch(head);
  const first = head[0];
  if (cut === null || first === undefined) return null;
  if (first.kind === "prompt") addMissingSummaries(store, first.promptNumber, now);
  const nextBatch = store.row()?.nextBatch ?? row.nextBatch;
  return newBatch(nextBatch, first.seq, cut.toSeq, now);
}

/** Takes a pending batch. One transaction of the caller's. */
export function claimBatch(
  store: SessionStore,
  batch: PendingBatch,
  deps: SessionDependencies,
): Claim {
  const token = crypto.randomUUID();
  const leased = lease(batch, token, deps.owner, deps.now());
  store.batches.save(leased);
  return { batch: leased, token };
}

/** Calls the chain for a claimed batch and writes down the outcome, if the lease still holds then. */
export async function processClaim(
  store: SessionStore,
  claim: Claim,
  deps: SessionDependencies,
  signal: AbortSignal,
): Promise<void> {
  const row = store.row();
  if (row === null) return;
  const { batch, token } = claim;
  const stored = store.log.events(batch.fromSeq, batch.toSeq);
  const events = stored.filter((event) => event.skip === null);
  const request = requestOf(store, row.agent, stored);
  if (events.length === 0) {
    store.db.transaction(() => {
      const held = store.batches.get(batch.batch);
      if (!holdsLease(held, token)) return;
      const openWork = store.batches.openWorkBefore(held.fromSeq);
      store.batches.save(finish(held, { provider: "none", skipped: {}, openWork }));
    });
    return;
  }
  const call = callSignal(signal);
  const budget = budgetOf(row, batch, deps);
  const outcome = await observe({
    chain: deps.chain,
    batch: observerBatch(store, row, stored, events, request),
    pausedUntil: Object.fromEntries(
      Object.entries(row.providerPauses).map(([name, pause]) => [name, pause.until]),
    ),
    budget,
    attempt: batch.attempts + 1,
    maxAttempts: MAX_ATTEMPTS,
    now: deps.now(),
    signal: call.signal,
    log: sessionLog(row),
  }).finally(call.end);
  // Nobody gave up on it: it took too long, and that uses up an attempt.
  if (!outcome.ok && outcome.failure.kind === "aborted" && call.timedOut()) {
    outcome.failure = { ...outcome.failure, kind: "network" };
  }
  store.db.transaction(() => {
    writeOutcome(store, claim, stored, request, outcome, budget.unreachable, deps);
  });
}

/**
 * The deadline of a call. Its timer ends with the call: one that stands, as that of
 * `AbortSignal.timeout` does, would keep the object in memory.
 */
function callSignal(outer: AbortSignal): {
  signal: AbortSignal;
  timedOut: () => boolean;
  end: () => void;
} {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), CALL_DEADLINE_MS);
  return {
    signal: AbortSignal.any([outer, deadline.signal]),
    timedOut: () => deadline.signal.aborted && !outer.aborted,
    end: () => clearTimeout(timer),
  };
}

function writeOutcome(
  store: SessionStore,
  claim: Claim,
  events: StoredEvent[],
  request: Request | null,
  outcome: ObserveOutcome,
  budgetUnreachable: boolean,
  deps: SessionDependencies,
): void {
  const now = deps.now();
  const row = store.row();
  const held = store.batches.get(claim.batch.batch);
  if (row === null) return;
  const log = sessionLog(row);
  if (!holdsLease(held, claim.token)) {
    log("info", "late_answer_dropped", { batch: claim.batch.batch });
    return;
  }
  const spent = {
    ...held,
    tokensInput: held.tokensInput + outcome.usage.input,
    tokensOutput: held.tokensOutput + outcome.usage.output,
  };
  const pauses = nextPauses(row.providerPauses, outcome, now);
  if (pauses !== row.providerPauses) store.session.update({ providerPauses: pauses });
  if (!outcome.ok) {
    const seqs = store.log.seqs(held.fromSeq, held.toSeq);
    const probes = Object.values(pauses)
      .map((pause) => pause.until)
      .filter((until) => until > now);
    const failure = {
      ...outcome.failure,
      kind: failureKind(outcome, budgetUnreachable),
      probeAt: probes.length > 0 ? Math.min(...probes) : null,
    };
    const next = fail(spent, failure, seqs, row.nextBatch, now, deps.random());
    store.batches.replace(held.batch, next.batches);
    store.session.update({ nextBatch: next.nextBatch });
    log("warn", "batch_failed", { batch: held.batch, kind: failure.kind, attempts: held.attempts });
    return;
  }
  const known = new Set(events.map((event) => event.key));
  const cited = outcome.result.observations.flatMap(({ sources }) => sources);
  const earlier = store.log.byKeys(cited.filter((key) => !known.has(key)));
  const finished = finishResults({
    row,
    batch: held.batch,
    events,
    earlier,
    request,
    observations: outcome.result.observations,
    summary: outcome.result.summary,
    skipped: outcome.result.skipped,
    author: { provider: outcome.provider, model: outcome.model, degraded: outcome.degraded },
    otherAuthors: outcome.otherAuthors,
    summaryAuthor: outcome.summaryAuthor,
    takenTitles: store.outbox.titles(),
  });
  store.batches.save(
    finish(spent, {
      provider: outcome.provider,
      skipped: finished.skipped,
      // A provider that keeps no account of it leaves it as it was.
      openWork: outcome.result.openWork ?? store.batches.openWorkBefore(held.fromSeq),
    }),
  );
  const { observations, summaries, prompts } = finished.delivery;
  if (observations.length + summaries.length + prompts.length === 0) return;
  store.outbox.add(
    {
      kind: "deliver",
      project: row.project,
      generation: row.generation,
      batch: held.batch,
      payload: JSON.stringify(finished.delivery),
    },
    now,
    held.redo ? "held" : "ready",
  );
}

/** Who is to blame: a pause of all providers, our own TeamObject, or what the provider did. */
function failureKind(
  outcome: ObserveOutcome & { ok: false },
  budgetUnreachable: boolean,
): Failure["kind"] {
  if (outcome.allPaused) return "refused_access";
  return budgetUnreachable ? "budget_unreachable" : outcome.failure.kind;
}

/** Refusals in a row per provider; an answer of its own ends a provider's pause. */
function nextPauses(
  pauses: Record<string, ProviderPause>,
  outcome: ObserveOutcome,
  now: number,
): Record<string, ProviderPause> {
  let next = pauses;
  for (const pause of outcome.pauses) {
    const refusals = (next[pause.provider]?.refusals ?? 0) + 1;
    next = {
      ...next,
      [pause.provider]: {
        refusals,
        until: now + nextProbe(refusals - 1),
        reason: pause.failure.message,
      },
    };
  }
  if (outcome.ok && next[outcome.provider] !== undefined) {
    const { [outcome.provider]: _ended, ...others } = next;
    return others;
  }
  return next;
}

/** What the providers get to see of a batch. */
function observerBatch(
  store: SessionStore,
  row: SessionRow,
  stored: readonly StoredEvent[],
  events: StoredEvent[],
  request: Request | null,
): ObserverBatch {
  return {
    root: row.root,
    turn: {
      promptNumber: request?.n ?? 0,
      request: request?.text ?? null,
      ends: endsTurn(store, row, stored),
      backgroundTasks: leavesWorkOpen(stored),
    },
    recentTitles: [...store.outbox.titles()].slice(-RECENT_TITLES),
    events,
    openWork: stored[0] === undefined ? null : store.batches.openWorkBefore(stored[0].seq),
  };
}

/** True where the closing message came while tasks still ran in the background. */
function leavesWorkOpen(stored: readonly StoredEvent[]): boolean {
  const last = stored.at(-1);
  return last?.kind === "turn_end" && last.body.background === true;
}

/** True where the stretch is the last of its turn. */
function endsTurn(store: SessionStore, row: SessionRow, stored: readonly StoredEvent[]): boolean {
  const last = stored.at(-1);
  if (last === undefined) return false;
  if (last.kind === "turn_end") return true;
  const next = store.log.kindAfter(last.seq);
  return next === "prompt" || (next === null && row.endedAt !== null);
}

/** The newest request at or before a batch: a notice of the agent's own is none. */
function requestOf(
  store: SessionStore,
  agent: string,
  events: readonly StoredEvent[],
): Request | null {
  const at = Math.max(0, ...events.map((event) => event.promptNumber));
  for (const prompt of store.log.promptsDownFrom(at)) {
    if (prompt.kind !== "prompt" || prompt.skip !== null) continue;
    if (!isNotice(agent, prompt)) {
      return { n: prompt.promptNumber, text: prompt.body.text };
    }
  }
  return null;
}

/** The team's budget as the observer sees it: asked before a call, told after it. */
function budgetOf(
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
