/** One batch through the chain of providers: claim under a lease, call, and put down what came of it. */

import { type ObserveOutcome, observe } from "../../../agent/observer.ts";
import { nextProbe } from "../../../agent/pause-schedule.ts";
import { isNotice } from "../../../hooks/stamps.ts";
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
import { cutBatch, type QueuedEvent } from "../queue/schedule.ts";
import type { SessionDependencies } from "../session-dependencies.ts";
import { sessionLog } from "../session-log.ts";
import type { ProviderPause, SessionRow } from "../session-row.ts";
import type { SessionStore } from "../session-store.ts";
import { budgetOf } from "./budget-gate.ts";
import { finishResults, isEmpty } from "./completion.ts";
import { addMissingSummaries } from "./missing-summaries.ts";
import { requestAt } from "./request.ts";
import { readBatch, type SeenBatch } from "./seen-batch.ts";

/** A batch under its lease. */
export interface Claim {
  batch: LeasedBatch;
  token: string;
  /** False where only this life knows of the lease: its events are still free in the log. */
  written: boolean;
}

/** Cuts the queue's next batch, which the caller claims at once. One transaction of the caller's. */
export function formBatch(store: SessionStore, row: SessionRow, now: number): PendingBatch | null {
  const head = store.log.head(row.lastBatchedSeq);
  const cut = cutBatch(head);
  const first = head[0];
  if (cut === null || first === undefined) return null;
  if (first.kind === "prompt") addMissingSummaries(store, turnsEndBefore(store, row, first), now);
  const nextBatch = store.row()?.nextBatch ?? row.nextBatch;
  return newBatch(nextBatch, first.seq, cut.toSeq, now);
}

/** The number before which turns are over: a notice goes on with the turn of its request. */
function turnsEndBefore(store: SessionStore, row: SessionRow, first: QueuedEvent): number {
  const prompt = store.log.promptAt(first.promptNumber);
  if (prompt === null || !isNotice(row.agent, prompt)) return first.promptNumber;
  return requestAt(store, row.agent, first.promptNumber)?.n ?? first.promptNumber;
}

/** Takes a pending batch. One transaction of the caller's. */
export function claimBatch(
  store: SessionStore,
  batch: PendingBatch,
  deps: SessionDependencies,
): Claim {
  const claim = takeUnwritten(batch, deps);
  store.batches.save(claim.batch);
  return { ...claim, written: true };
}

/** Takes a batch that stands in no row yet, and writes none before its outcome. */
export function takeUnwritten(batch: PendingBatch, deps: SessionDependencies): Claim {
  const token = crypto.randomUUID();
  return { batch: lease(batch, token, deps.owner, deps.now()), token, written: false };
}

/** The batch, if an answer to the claim still counts. */
function heldBy(store: SessionStore, claim: Claim, seen: SeenBatch): LeasedBatch | null {
  const { batch, token, written } = claim;
  if (written) {
    const held = store.batches.get(batch.batch);
    return holdsLease(held, token) ? held : null;
  }
  const { lastBatch, toSeq } = store.batches.reach();
  const isFree = lastBatch < batch.batch && toSeq < batch.fromSeq;
  // What was removed meanwhile, as a private turn is, must not come back with the answer.
  const left = store.log.seqs(batch.fromSeq, batch.toSeq).length;
  return isFree && left === seen.stored.length ? batch : null;
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
  const { batch } = claim;
  const seen = readBatch(store, row, batch);
  if (seen.shown.events.length === 0) {
    store.db.transaction(() => {
      const held = heldBy(store, claim, seen);
      if (held !== null)
        store.batches.save(finish(held, { provider: "none", skipped: {}, openWork: null }));
    });
    return;
  }
  const call = callSignal(signal);
  const budget = budgetOf(row, batch, deps);
  const outcome = await observe({
    chain: deps.chain,
    batch: seen.observerBatch,
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
    writeOutcome(store, claim, seen, outcome, budget.unreachable, deps);
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
  seen: SeenBatch,
  outcome: ObserveOutcome,
  budgetUnreachable: boolean,
  deps: SessionDependencies,
): void {
  const now = deps.now();
  const row = store.row();
  const held = heldBy(store, claim, seen);
  if (row === null) return;
  const log = sessionLog(row);
  if (held === null) {
    log("info", "late_answer_dropped", { batch: claim.batch.batch });
    return;
  }
  const spent = {
    ...held,
    tokensInput: held.tokensInput + outcome.usage.input,
    tokensOutput: held.tokensOutput + outcome.usage.output,
  };
  const pauses = nextPauses(row.providerPauses, outcome, budgetUnreachable, now);
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
  const { result } = outcome;
  const { openWork = null } = result;
  const finished = finishResults({
    row,
    batch: held.batch,
    seen,
    earlier: (keys) => store.log.byKeys(keys).filter((event) => event.seq < held.fromSeq),
    result,
    author: { provider: outcome.provider, model: outcome.model, degraded: outcome.degraded },
    otherAuthors: outcome.otherAuthors,
    summaryAuthor: outcome.summaryAuthor,
    takenTitles: store.outbox.titles(),
    points: seen.points,
  });
  store.batches.save(
    finish(spent, {
      provider: outcome.provider,
      skipped: finished.skipped,
      openWork: openWork === null ? null : JSON.stringify(openWork),
    }),
  );
  if (isEmpty(finished.delivery)) return;
  store.outbox.deliver(row.project, finished.delivery, now, held.redo ? "held" : "ready");
}

/** Who is to blame: a pause of all providers, our own TeamObject, or what the provider did. */
function failureKind(
  outcome: ObserveOutcome & { ok: false },
  budgetUnreachable: boolean,
): Failure["kind"] {
  if (outcome.allPaused) return "refused_access";
  return budgetUnreachable ? "budget_unreachable" : outcome.failure.kind;
}

/**
 * Refusals in a row per provider, and what else went wrong at its newest call, which pauses nothing;
 * an answer of its own ends both.
 */
function nextPauses(
  pauses: Record<string, ProviderPause>,
  outcome: ObserveOutcome,
  budgetUnreachable: boolean,
  now: number,
): Record<string, ProviderPause> {
  let next = pauses;
  for (const { provider, failure } of outcome.troubles) {
    const before = next[provider];
    const isRefused = failure.kind === "refused_access";
    // Not its own failure, or told already: a row that says the same is not written again.
    if (!isRefused && (budgetUnreachable || before !== undefined)) continue;
    const refusals = (before?.refusals ?? 0) + (isRefused ? 1 : 0);
    next = {
      ...next,
      [provider]: {
        refusals,
        until: isRefused ? now + nextProbe(refusals - 1) : 0,
        reason: failure.message,
      },
    };
  }
  if (outcome.ok && next[outcome.provider] !== undefined) {
    const { [outcome.provider]: _ended, ...others } = next;
    return others;
  }
  return next;
}
