/** The one interface behind which every compressor stands. */
import type { TokenUsage } from "../contract/sessions.ts";
import type { StoredEvent } from "../memory/event.ts";
import type {
  Correction,
  DraftObservation,
  DraftOpenPoint,
  DraftSummary,
} from "../memory/observation.ts";
import type { OpenWork } from "./rules/open-work.ts";

/** The turn that a batch belongs to. A batch never spans two turns. */
export interface Turn {
  /** Number of the prompt that asked for it; 0 where none was seen. */
  promptNumber: number;
  /** The request's text, or null where the session began without one. */
  request: string | null;
  /** True when this batch ends the turn: a summary is due. */
  ends: boolean;
  /** The closing message came while tasks still ran in the background: it closes no work. */
  backgroundTasks?: boolean;
}

/** What a provider may know of a project's open point. */
export interface KnownOpenPoint {
  text: string;
}

/** An open point of `ObserverBatch.openPoints` that is done. */
export interface ClosedPoint {
  /** Its index in `ObserverBatch.openPoints`. */
  index: number;
  /** Key of the event that proves it. */
  proof: string;
}

/** Everything a provider gets to see: one bounded, stateless call. */
export interface ObserverBatch {
  /** Working folder at the session's start; paths below it are shown relative to it. */
  root: string | null;
  turn: Turn;
  /** Titles of the session's newest observations, newest last, so that none is written twice. */
  recentTitles: string[];
  /** In order of arrival; none of them is marked `skip`. */
  events: StoredEvent[];
  /** What the session's batch before this one gave out as `openWork`; null before the first. */
  openWork?: OpenWork | null;
  /** The project's open points, as far as the session knows them, oldest first. */
  openPoints?: KnownOpenPoint[];
}

/** What a provider made of a batch. Every event of it is cited, or in `skipped` with a reason. */
export interface ObserverResult {
  observations: DraftObservation[];
  summary: DraftSummary | null;
  /** Event key -> reason. */
  skipped: Record<string, string>;
  /** To be kept with the batch and given to the one behind it; absent: as it was. */
  openWork?: OpenWork;
  /** What this batch left to do. */
  openPoints?: DraftOpenPoint[];
  closes?: ClosedPoint[];
  corrects?: Correction[];
  usage: TokenUsage;
  model: string | null;
}

/**
 * Why a call failed, as far as it decides what to do next:
 * - `overloaded`, `network`: try again later (`retryAfterMs` if the provider said when);
 * - `refused_access`: key, credit or quota; pause the provider, use up no attempt;
 * - `refused_content`, `too_long`: this batch; cut and retry once, then the next of the chain;
 * - `invalid_output`: no usable output, even after one retry with the error; the next of the chain;
 * - `aborted`: the caller's signal.
 */
export type FailureKind =
  | "overloaded"
  | "network"
  | "refused_access"
  | "refused_content"
  | "too_long"
  | "invalid_output"
  | "aborted";

export interface ProviderFailure {
  kind: FailureKind;
  /** For people and logs: status and error type, never a body, a prompt or a key. */
  message: string;
  retryAfterMs: number | null;
  /** Tokens that the failed call or calls used all the same. */
  usage: TokenUsage;
}

export type ProviderOutcome =
  | { ok: true; result: ObserverResult }
  | { ok: false; failure: ProviderFailure };

export interface Provider {
  /** `anthropic`, `extractive`, ... as in `CAIRN_PROVIDER`. */
  readonly name: string;
  readonly model: string | null;
  /** True where calls cost tokens, so that budgets apply. */
  readonly metered: boolean;
  /** True where it answers at once and calls nobody: no answer can get lost, so no lease is needed. */
  readonly immediate?: boolean;
  /** Upper estimate of the tokens that `compress(batch)` will use, for the budget's reservation. */
  estimate(batch: ObserverBatch): TokenUsage;
  /** Never throws: every failure is an outcome. Ends when `signal` aborts. */
  compress(batch: ObserverBatch, signal: AbortSignal): Promise<ProviderOutcome>;
}
