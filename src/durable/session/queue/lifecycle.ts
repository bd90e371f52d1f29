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

import type { SessionState } from "../../../contract/vocabulary.ts";

import { backoffMs, MAX_ATTEMPTS, retryAfterMs } from "./retry.ts";

/** Who works on a batch, and until when nobody else may. */
export interface Lease {
  /** Named by the answer: a result counts only while its token still is the row's. */
  token: string;
  /** The life of the object that took it. A lease of an earlier life is abandoned. */
  owner: string;
  until: number;
}

/** A stretch of the log and what was spent on it, in any state. */
interface Stretch {
  batch: number;
  fromSeq: number;
  toSeq: number;
  /** Leases ever: names a call for the budget. */
  tries: number;
  /** Its results wait for the whole redo. */
  redo: boolean;
  tokensInput: number;
  tokensOutput: number;
}

/** How a batch that is not through has fared so far. */
interface Tried {
  /** Failed attempts that count, 0 to MAX_ATTEMPTS. */
  attempts: number;
  /** Leases in a row that ended without an answer. */
  abandoned: number;
  /** The newest failure. */
  error: string | null;
}

export interface PendingBatch extends Stretch, Tried {
  state: "pending";
  dueAt: number;
  /** A provider's own `retry-after`: not even a flush comes before it. 0 where there is none. */
  notBefore: number;
}

export interface LeasedBatch extends Stretch, Tried {
  state: "leased";
  lease: Lease;
}

export interface DoneBatch extends Stretch {
  state: "done";
  /** `none` where no event of it was for a provider. */
  provider: string;
  /** Event key -> why it taught nothing. */
  skipped: Record<string, string>;
  /** What it and the batches before it left open, as JSON; null where its provider told nothing. */
  openWork: string | null;
}

export interface DeadBatch extends Stretch {
  state: "dead";
  attempts: number;
  error: string;
}

/** One that still wants something. */
export type OpenBatch = PendingBatch | LeasedBatch;
export type Batch = OpenBatch | DoneBatch | DeadBatch;
export type BatchState = Batch["state"];

export function isOpen(batch: Batch): batch is OpenBatch {
  return batch.state === "pending" || batch.state === "leased";
}

/** A provider's call, with its own retries, may take this long. */
export const CALL_DEADLINE_MS = 150_000;
/** A lease outlives the call's deadline, so that an answer at the last moment still counts. */
export const LEASE_MS = CALL_DEADLINE_MS + 60_000;

/** A batch of several events that is abandoned this often in a row is halved: one may be the cause. */
const ABANDONED_BEFORE_SPLIT = 3;
/** A single event that is abandoned this often in a row is a dead letter: our code does not survive it. */
const ABANDONED_BEFORE_DEAD = 10;

export function newBatch(
  batch: number,
  fromSeq: number,
  toSeq: number,
  now: number,
  redo = false,
): PendingBatch {
  return {
    ...stretch(batch, fromSeq, toSeq, redo),
    state: "pending",
    attempts: 0,
    abandoned: 0,
    error: null,
    dueAt: now,
    notBefore: 0,
  };
}

function stretch(batch: number, fromSeq: number, toSeq: number, redo: boolean): Stretch {
  return { batch, fromSeq, toSeq, redo, tries: 0, tokensInput: 0, tokensOutput: 0 };
}

/** What all states have in common. */
function stretchOf(batch: Batch): Stretch {
  const { fromSeq, toSeq, redo, tries, tokensInput, tokensOutput } = batch;
  return { batch: batch.batch, fromSeq, toSeq, redo, tries, tokensInput, tokensOutput };
}

/** pending → leased. */
export function lease(batch: PendingBatch, token: string, owner: string, now: number): LeasedBatch {
  const { attempts, abandoned, error } = batch;
  return {
    ...stretchOf(batch),
    state: "leased",
    attempts,
    abandoned,
    error,
    tries: batch.tries + 1,
    lease: { token, owner, until: now + LEASE_MS },
  };
}

/** True where nobody will answer any more: the time is over, or the object's life that asked is. */
export function isAbandoned(batch: Batch, owner: string, now: number): batch is LeasedBatch {
  if (batch.state !== "leased") return false;
  // A lease that ends later than any lease could was made before the clock went back.
  const impossible = batch.lease.until > now + LEASE_MS;
  return batch.lease.owner !== owner || batch.lease.until <= now || impossible;
}

/** True where an answer with this token still counts. */
export function holdsLease(batch: Batch | null, token: string): batch is LeasedBatch {
  return batch?.state === "leased" && batch.lease.token === token;
}

/** What a transition puts in the place of a batch; numbers from `nextBatch` on are used up. */
export interface Transition {
  /** Replaces the row: one with the same number, or several with new ones. */
  batches: (PendingBatch | DeadBatch)[];
  nextBatch: number;
}

/** leased → pending, without an answer. Uses up no attempt: a crash is no fault of the events. */
export function abandon(
  batch: LeasedBatch,
  seqs: readonly number[],
  nextBatch: number,
  now: number,
): Transition {
  const abandoned = batch.abandoned + 1;
  const back = released(batch, { abandoned, error: batch.error, dueAt: now });
  if (abandoned >= ABANDONED_BEFORE_SPLIT && seqs.length > 1) {
    return split(back, seqs, nextBatch, now);
  }
  if (abandoned >= ABANDONED_BEFORE_DEAD) {
    const error = `abandoned: ${abandoned} calls in a row ended without an answer`;
    return { batches: [bury(batch, error)], nextBatch };
  }
  return { batches: [back], nextBatch };
}

/** leased → pending, as the caller says. */
function released(
  batch: LeasedBatch,
  change: Pick<PendingBatch, "abandoned" | "error" | "dueAt">,
): PendingBatch {
  const { attempts } = batch;
  return { ...stretchOf(batch), state: "pending", attempts, notBefore: 0, ...change };
}

/** pending or leased → dead. */
export function bury(batch: OpenBatch, error: string): DeadBatch {
  return { ...stretchOf(batch), state: "dead", attempts: MAX_ATTEMPTS, error };
}

/** leased → done. */
export function finish(
  batch: LeasedBatch,
  outcome: Pick<DoneBatch, "provider" | "skipped" | "openWork">,
): DoneBatch {
  return { ...stretchOf(batch), state: "done", ...outcome };
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
  batch: LeasedBatch,
  failure: Failure,
  seqs: readonly number[],
  nextBatch: number,
  now: number,
  random: number,
): Transition {
  const error = `${failure.kind}: ${failure.message}`;
  const backAt = (dueAt: number): Transition => ({
    batches: [released(batch, { abandoned: 0, error, dueAt })],
    nextBatch,
  });
  switch (failure.kind) {
    case "refused_access":
      return backAt(failure.probeAt ?? now);
    case "aborted":
      return backAt(now);
    case "budget_unreachable":
      // Our own TeamObject, no fault of the events: no attempt used, and no call made.
      return backAt(now + 1_000 + backoffMs(MAX_ATTEMPTS, random));
    case "refused_content":
    case "too_long":
    case "invalid_output":
      if (seqs.length > 1) return split({ ...batch, error }, seqs, nextBatch, now);
      return { batches: [again(batch, failure, error, now, random)], nextBatch };
    case "overloaded":
    case "network":
      return { batches: [again(batch, failure, error, now, random)], nextBatch };
  }
}

/** One attempt is used up: back-off, or a dead letter after the last. */
function again(
  batch: LeasedBatch,
  failure: Failure,
  error: string,
  now: number,
  random: number,
): PendingBatch | DeadBatch {
  const attempts = batch.attempts + 1;
  if (attempts >= MAX_ATTEMPTS) return bury(batch, error);
  const asked = retryAfterMs(failure.retryAfterMs);
  const dueAt = now + Math.max(backoffMs(attempts, random), asked);
  const back = released(batch, { abandoned: 0, error, dueAt });
  return { ...back, attempts, notBefore: asked > 0 ? now + asked : 0 };
}

/** Two pending halves, by events, with new numbers; tokens spent so far stay with the first. */
function split(
  batch: OpenBatch,
  seqs: readonly number[],
  nextBatch: number,
  now: number,
): Transition {
  const middle = seqs[Math.ceil(seqs.length / 2)] ?? batch.toSeq;
  const { redo, error, tokensInput, tokensOutput } = batch;
  const first = newBatch(nextBatch, batch.fromSeq, middle - 1, now, redo);
  const second = newBatch(nextBatch + 1, middle, batch.toSeq, now, redo);
  return {
    batches: [
      { ...first, error, tokensInput, tokensOutput },
      { ...second, error },
    ],
    nextBatch: nextBatch + 2,
  };
}

/**
 * dead → pending with fresh attempts, as new batches: the chosen events, or all of them. The
 * others stay dead, in stretches around the chosen ones.
 */
export function revive(
  batch: DeadBatch,
  seqs: readonly number[],
  chosen: ReadonlySet<number> | "all",
  nextBatch: number,
  now: number,
): Transition {
  let next = nextBatch;
  const { redo, error, attempts } = batch;
  const batches: Transition["batches"] = [];
  for (const run of runs(seqs, (seq) => chosen === "all" || chosen.has(seq))) {
    const number = next++;
    batches.push(
      run.chosen
        ? { ...newBatch(number, run.from, run.to, now, redo), error }
        : { ...stretch(number, run.from, run.to, redo), state: "dead", attempts, error },
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
