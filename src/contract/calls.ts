/**
 * How objects are called: with one record, after the reader where the answer can reach a caller.
 * During a deployment one release's Worker calls another release's objects, so fields are only
 * ever added to a record, and an object leaves alone what it does not know.
 */

import type { ProjectContext } from "./recall.ts";
import type { SessionState } from "./vocabulary.ts";

/** The record of a call that has no fields yet. */
export type NoFields = Record<never, never>;

/** A session as its project knows it. */
export interface KnownSession {
  session: string;
  state: SessionState;
  /** ms since the epoch. */
  last_event_at: number | null;
}

export interface ProjectStats {
  observations: number;
  summaries: number;
  prompts: number;
  /** ms since the epoch; null where nothing was ever recorded. */
  last_event_at: number | null;
}

/** How much of what a context tells: what the person is shown in one line. */
export interface ToldCounts {
  open_points: number;
  decisions: number;
  findings: number;
  changes: number;
  /** Sessions that it is from. */
  sessions: number;
}

/** A context as a project composes it, with what the Worker has to know to give it only once. */
export interface ContextAnswer extends Omit<ProjectContext, "project"> {
  /** The highest item number at that moment: what comes later is newer than this context. */
  until: number;
  /** Of a session's context; absent where there is nothing to tell. */
  told?: ToldCounts;
}
