/** Observations, summaries and prompts: what the memory of a project consists of. */

import type { Concept, ObservationType, SourceKind } from "../contract/vocabulary.ts";
import type { WorkPlace } from "./work-place.ts";

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
  /**
   * Of a decision that answers a question: the question and its options, bare of case and
   * punctuation. A later decision on the same supersedes it.
   */
  decides?: string[];
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
  /** How that observation begins, its title first: tells it from others of the same source. */
  text?: string;
  /** In one short clause; shown to whoever looks at the withdrawn observation. */
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
export interface Stamp extends WorkPlace {
  /** `<agent>/<session_id>`. */
  session: string;
  agent: string;
  actor: string;
  prompt_number: number;
  /** ms since the epoch: the time of the earliest source event. */
  created_at: number;
}

/** Something that was left to do, on its way to a project. */
export interface NewOpenPoint
  extends DraftOpenPoint,
    Pick<Stamp, "actor" | "prompt_number" | "created_at"> {}

/**
 * An open point as sessions know it: named by the session that left it and by its words, because its
 * number is another one after a redo, and in another project.
 */
export interface KnownPoint {
  /** `<agent>/<session_id>`. */
  session: string;
  text: string;
  /** ms since the epoch: when it was left. */
  made_at: number;
}

/** An open point of the project that was closed. */
export interface PointClosing extends KnownPoint {
  /** Key of the event that proves it. */
  proof: string;
  /** ms since the epoch: the time of that event. */
  closed_at: number;
}

/**
 * What others made of a point: the sessions that closed it, the people who closed or reopened it. It
 * outlives the point itself, which its session may leave anew, in the same project or another one.
 */
export interface PointFate {
  text: string;
  /** Event keys of the session that left it. */
  sources: string[];
  state: "open" | "closed";
  closed_at: number | null;
  closed_by: string | null;
  proof: string | null;
  reopened_at: number | null;
}

/** An observation on its way to a project: a draft, stamped, with files from the events themselves. */
export interface NewObservation extends DraftObservation, Stamp {
  /** Whose words it tells; absent from deliveries of older releases. */
  source_kind?: SourceKind;
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
