/** Observations, summaries and prompts: what the memory of a project consists of. */

import type { Concept, ObservationType } from "../contract/vocabulary.ts";

/** What a provider writes about one or more events of a batch. */
export interface DraftObservation {
  type: ObservationType;
  /** At most 90 characters. */
  title: string;
  subtitle: string;
  narrative: string;
  facts: string[];
  concepts: Concept[];
  /** Event keys of the batch, the most telling first. Never empty. */
  sources: string[];
  /** The telling words of the source events: searched, never shown. */
  index_text: string;
  /**
   * True for what was only done and taught nothing by itself: kept, found by its index text, shown
   * in a session's timeline; never in a context, and below observations in a search.
   */
  activity?: boolean;
}

/** Something that was left to do. */
export interface DraftOpenPoint {
  text: string;
  /** Event keys of the batch that say or prove so. Never empty. */
  sources: string[];
}

/** An earlier observation of the session that is known to be wrong, reverted or deleted now. */
export interface Correction {
  /** Key of a source of that observation, the most telling one. */
  source: string;
  /** In one short clause; shown to whoever looks at the superseded observation. */
  reason: string;
}

/** What one turn set out to do, found, did and left. */
export interface DraftSummary {
  request: string;
  investigated: string;
  learned: string;
  completed: string;
  next_steps: string;
  /** Event keys, the most telling first. */
  sources: string[];
}

/** What the platform stamps on everything that a session delivers. No model has a word in it. */
export interface Stamp {
  /** `<agent>/<session_id>`. */
  session: string;
  agent: string;
  actor: string;
  branch: string | null;
  commit: string | null;
  prompt_number: number;
  /** ms since the epoch: the time of the earliest source event. */
  created_at: number;
}

/** Something that was left to do, on its way to a project. */
export interface NewOpenPoint
  extends DraftOpenPoint,
    Pick<Stamp, "actor" | "prompt_number" | "created_at"> {}

/** An open point of the project that was closed. */
export interface PointClosing {
  /** The point's number in its project, as the session was told. */
  n: number;
  /** Its words: after a move they find the point in the new project, where numbers differ. */
  text: string;
  /** Key of the event that proves it. */
  proof: string;
  /** ms since the epoch: the time of that event. */
  closed_at: number;
}

/** An observation on its way to a project: a draft, stamped, with files from the events themselves. */
export interface NewObservation extends DraftObservation, Stamp {
  files_read: string[];
  files_modified: string[];
  /** `anthropic`, `extractive`, or `hand` for one saved by a person or an agent. */
  provider: string;
  model: string | null;
  /** Why a lesser provider than the first of the chain wrote this; null where it did not. */
  degraded: string | null;
}

export interface NewSummary extends DraftSummary, Stamp {
  provider: string;
  model: string | null;
  degraded: string | null;
}

export interface NewPrompt extends Stamp {
  text: string;
  /** The prompt's event key. */
  sources: string[];
}
