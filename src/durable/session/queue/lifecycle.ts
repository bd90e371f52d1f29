/**
 * The state machine of a session's work, as pure functions over plain data.
 *
 * Events are a log that is written once. A batch is a stretch of that log and carries the state:
 *
 *            lease            finish
 *   pending ───────▶ leased ───────────▶ done
 *      ▲               │ abandon (expired, or its object is gone)
 *      ├───────────────┤ fail: back-off, retry-after, pause
 *      │               │ fail on its content: two pending halves with numbers of their own
 *      │               ▼ fail at the last attempt
 *      └──────────── dead
 *           revive
 *
 * An event that no batch covers yet is pending. A number of a batch is never used again, so that
 * (session, generation, batch) is an idempotency key for ever.
 */
import type { FailureKind } from "../../../agent/provider.ts";
import type { SessionState } from "../../../memory/delivery.ts";
import { backoffMs, MAX_ATTEMPTS, retryAfterMs } from "./retry.ts";

export type BatchState = "pending" | "leased" | "done" | "dead";

/** Who works on a batch, and until when nobody else may. */
export interface Lease {
  /** Named by the answer: a result counts only while its token still is the row's. */
  token: string;
  /** The life of the object that took it. A lease of an earlier life is abandoned. */
  owner: string;
  until: number;
}

export interface Batch {
  batch: number;
  fromSeq: number;
  toSeq: number;
  state: BatchState;
  /** Failed attempts that count, 0 to MAX_ATTEMPTS. */
  attempts: number;
  /** Leases in a row that ended without an answer. */
  abandoned: number;
  /** Leases ever: names a call for the budget. */
  tries: number;
  dueAt: number;
  /** A provider's own `retry-after`: not even a flush comes before it. */
  notBefore: number;
  lease: Lease | null;
  /** Its results wait for the whole redo. */
  redo: boolean;
  provider: string | null;
  tokensInput: number;
  tokensOutput: number;
  error: string | null;
  skipped: Record<string, string>;
}

/** A lease outlives the agent call's deadline, so that a slow answer still counts. */
export const CALL_DEADLINE_MS = 150_000;
export const LEASE_MS = CALL_DEADLINE_MS + 60_000;

/** Abandoned this often in a row, a batch of several events is halved: one of them may be the cause. */
const ABANDONED_BEFORE_SPLIT = 3;
/** … and a single event is a dead letter: whatever it is, our own code does not survive it. */
const ABANDONED_BEFORE_DEAD = 10;

export function newBatch(
  batch: number,
  fromSeq: number,
  toSeq: number,
  now: number,
  redo = false,
): Batch {
  return {
    batch,
    fromSeq,
    toSeq,
    state: "pending",
    attempts: 0,
    abandoned: 0,
    tries: 0,
    dueAt: now,
    notBefore: 0,
    lease: null,
    redo,
    provider: null,
    tokensInput: 0,
    tokensOutput: 0,
    error: null,
    skipped: {},
  };
}

/** pending → leased. */
export function lease(batch: Batch, token: string, owner: string, now: number): Batch {
  return {
    ...batch,
    state: "leased",
    tries: batch.tries + 1,
    lease: { token, owner, until: now + LEASE_MS },
  };
}

/** True where nobody will answer any more: the time is over, or the object's life that asked is. */
export function isAbandoned(batch: Batch, owner: string, now: number): boolean {
  if (batch.state !== "leased" || batch.lease === null) return false;
  // A lease that ends later than any lease could was made before the clock went back.
  const impossible = batch.lease.until > now + LEASE_MS;
  return batch.lease.owner !== owner || batch.lease.until <= now || impossible;
}

/** True where an answer with this token still counts. */
export function holdsLease(batch: Batch | null, token: string): batch is Batch {
  return batch?.state === "leased" && batch.lease?.token === token;
}

/** What a transition puts in the place of a batch; numbers from `nextBatch` on are used up. */
export interface Transition {
  /** Replaces the row: one with the same number, or two halves with new ones. */
  batches: Batch[];
  nextBatch: number;
}

/** leased → pending, without an answer. Uses up no attempt: a crash is no fault of the events. */
export function abandon(
  batch: Batch,
  seqs: readonly number[],
  nextBatch: number,
  now: number,
): Transition {
  const back: Batch = {
    ...batch,
    state: "pending",
    abandoned: batch.abandoned + 1,
    lease: null,
    dueAt: now,
  };
  if (back.abandoned >= ABANDONED_BEFORE_SPLIT && seqs.length > 1) {
    return split({ ...back, abandoned: 0 }, seqs, nextBatch, now);
  }
  if (back.abandoned >= ABANDONED_BEFORE_DEAD) {
    const error = `abandoned: ${back.abandoned} calls in a row ended without an answer`;
    return { batches: [{ ...back, state: "dead", attempts: MAX_ATTEMPTS, error }], nextBatch };
  }
  return { batches: [back], nextBatch };
}

/** leased → done. */
export function finish(
  batch: Batch,
  outcome: { provider: string; skipped: Record<string, string> },
): Batch {
  return {
    ...batch,
    state: "done",
    lease: null,
    error: null,
    abandoned: 0,
    provider: outcome.provider,
    skipped: outcome.skipped,
  };
}

/** What went wrong, as far as the state machine cares. */
export interface Failure {
  kind: FailureKind | "budget_unreachable";
  message: string;
  retryAfterMs: number | null;
  /** For `refused_access`: when the first provider of the chain may be asked again. */
  probeAt: number | null;
}

/** leased → pending again, halved, or dead. */
export function fail(
  batch: Batch,
  failure: Failure,
  seqs: readonly number[],
  nextBatch: number,
  now: number,
  random: number,
): Transition {
  const released: Batch = {
    ...batch,
    state: "pending",
    lease: null,
    abandoned: 0,
    error: `${failure.kind}: ${failure.message}`,
  };
  switch (failure.kind) {
    case "refused_access":
      return { batches: [{ ...released, dueAt: failure.probeAt ?? now }], nextBatch };
    case "aborted":
      return { batches: [{ ...released, dueAt: now }], nextBatch };
    case "budget_unreachable":
      // Our own TeamObject, no fault of the events: no attempt used, and no call made.
      return {
        batches: [{ ...released, dueAt: now + 1_000 + backoffMs(MAX_ATTEMPTS, random) }],
        nextBatch,
      };
    case "refused_content":
    case "too_long":
    case "nonsense":
      if (seqs.length > 1) return split(released, seqs, nextBatch, now);
      return { batches: [again(released, failure, now, random)], nextBatch };
    case "overloaded":
    case "network":
      return { batches: [again(released, failure, now, random)], nextBatch };
  }
}

/** One attempt is used up: back-off, or a dead letter after the last. */
function again(batch: Batch, failure: Failure, now: number, random: number): Batch {
  const attempts = batch.attempts + 1;
  if (attempts >= MAX_ATTEMPTS) return { ...batch, attempts: MAX_ATTEMPTS, state: "dead" };
  const asked = retryAfterMs(failure.retryAfterMs);
  return {
    ...batch,
    attempts,
    dueAt: now + Math.max(backoffMs(attempts, random), asked),
    notBefore: asked > 0 ? now + asked : 0,
  };
}

/** Two pending halves, by events, with new numbers; tokens spent so far stay with the first. */
function split(batch: Batch, seqs: readonly number[], nextBatch: number, now: number): Transition {
  const middle = seqs[Math.ceil(seqs.length / 2)] ?? batch.toSeq;
  const first: Batch = {
    ...newBatch(nextBatch, batch.fromSeq, middle - 1, now, batch.redo),
    tokensInput: batch.tokensInput,
    tokensOutput: batch.tokensOutput,
    error: batch.error,
  };
  const second: Batch = {
    ...newBatch(nextBatch + 1, middle, batch.toSeq, now, batch.redo),
    error: batch.error,
  };
  return { batches: [first, second], nextBatch: nextBatch + 2 };
}

/**
 * dead → pending with fresh attempts, as new batches: the chosen events, or all of them. The
 * others stay dead, in stretches around the chosen ones.
 */
export function revive(
  batch: Batch,
  seqs: readonly number[],
  chosen: ReadonlySet<number> | "all",
  nextBatch: number,
  now: number,
): Transition {
  let next = nextBatch;
  const batches: Batch[] = [];
  for (const run of runs(seqs, (seq) => chosen === "all" || chosen.has(seq))) {
    const fresh = newBatch(next++, run.from, run.to, now, batch.redo);
    batches.push(
      run.chosen
        ? { ...fresh, error: batch.error }
        : { ...fresh, state: "dead", attempts: batch.attempts, error: batch.error },
    );
  }
  const first = batches[0];
  if (first !== undefined) {
    first.fromSeq = batch.fromSeq;
    first.tokensInput = batch.tokensInput;
    first.tokensOutput = batch.tokensOutput;
  }
  const last = batches.at(-1);
  if (last !== undefined) last.toSeq = batch.toSeq;
  return { batches, nextBatch: next };
}

/** Stretches of the log in which `chosen` says the same of each event. They leave no gap. */
function runs(
  seqs: readonly number[],
  chosen: (seq: number) => boolean,
): { from: number; to: number; chosen: boolean }[] {
  const found: { from: number; to: number; chosen: boolean }[] = [];
  for (const seq of seqs) {
    const is = chosen(seq);
    const last = found.at(-1);
    if (last !== undefined && last.chosen === is) {
      last.to = seq;
    } else {
      if (last !== undefined) last.to = seq - 1;
      found.push({ from: seq, to: seq, chosen: is });
    }
  }
  return found;
}

/** What decides a session's state. */
export interface WorkLeft {
  /** Events that no batch covers, and those of pending batches. */
  pending: number;
  leased: number;
  outbox: number;
  /** True where every provider of the chain is paused and events wait for it. */
  paused: boolean;
  closed: boolean;
}

/** The state that a session shows to the outside. */
export function sessionState(left: WorkLeft): SessionState {
  if (left.closed) return "closed";
  if (left.leased > 0 || left.outbox > 0) return "active";
  if (left.pending > 0) return left.paused ? "paused" : "active";
  return "idle";
}
