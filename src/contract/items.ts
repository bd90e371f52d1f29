/** What a project tells the outside: plain data, the JSON of the wire (see docs/design.md). */
import type { SessionState } from "../memory/delivery.ts";
import type { Concept, ObservationType } from "../memory/observation.ts";

/** An observation, whole. Ids read `<project's number>-<n>`, times are ISO. */
export interface Observation {
  id: string;
  kind: "observation";
  project: string;
  session: string;
  agent: string;
  type: ObservationType;
  title: string;
  subtitle: string;
  narrative: string;
  facts: string[];
  concepts: Concept[];
  files_read: string[];
  files_modified: string[];
  sources: string[];
  prompt_number: number;
  created_at: string;
  provider: string | null;
  model: string | null;
  degraded: string | null;
  actor: string;
  branch: string | null;
  commit: string | null;
  /** Characters / 4 of what is shown. */
  tokens: number;
  /** The first observation that says nearly the same; null for most. */
  repeats: string | null;
  supersedes: string | null;
  /** What replaced it: this one is history. */
  superseded_by: string | null;
}

export interface Summary {
  id: string;
  kind: "summary";
  project: string;
  session: string;
  agent: string;
  prompt_number: number;
  request: string;
  investigated: string;
  learned: string;
  completed: string;
  next_steps: string;
  sources: string[];
  created_at: string;
  provider: string | null;
  model: string | null;
  degraded: string | null;
  actor: string;
  branch: string | null;
  commit: string | null;
}

export interface Prompt {
  id: string;
  kind: "prompt";
  project: string;
  session: string;
  agent: string;
  prompt_number: number;
  text: string;
  sources: string[];
  created_at: string;
  actor: string;
  branch: string | null;
  commit: string | null;
}

export type Item = Observation | Summary | Prompt;
export type ItemKind = Item["kind"];

/** A page of a list, newest first. `next` is the cursor of the following page. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

/** One row of a search: an index into the memory, at most 600 characters of JSON on average. */
export interface SearchHit {
  id: string;
  kind: ItemKind;
  project: string;
  type: ObservationType | null;
  title: string;
  /** The file that it is most about, where it is about one. */
  file?: string;
  snippet: string;
  /** 0 to 1; comparable between the projects of one search. */
  score: number;
  created_at: string;
  session: string;
  /** The first of its sources. */
  sources: string[];
  /** Which ways of searching found it. */
  channels: string[];
  /** How often it was observed, where more than once. */
  times?: number;
  /** It replaced older ones, which can still be read. */
  has_history?: true;
  /** It is history itself: the id of what replaced it. */
  superseded_by?: string;
}

export interface SearchAnswer {
  items: SearchHit[];
  /** Set where words were not found as they stand and similar ones were searched instead. */
  fallback?: "trigram";
  /** For each such word, what was searched in its place; an empty list: only similar text. */
  similar?: Record<string, string[]>;
}

/** One row of a timeline. */
export interface TimelineItem {
  id: string;
  kind: ItemKind;
  project: string;
  session: string;
  type: ObservationType | null;
  title: string;
  /** Observation: subtitle. Summary: what was completed and is next. Prompt: empty. */
  detail: string;
  prompt_number: number;
  created_at: string;
  /** The item is the first or the last of its session, or all of it. */
  session_border?: "start" | "end" | "both";
}

export interface Timeline {
  anchor: string | null;
  items: TimelineItem[];
}

/** A session as its project knows it. */
export interface KnownSession {
  session: string;
  state: SessionState;
  last_event_at: number | null;
}

export interface ProjectStats {
  observations: number;
  summaries: number;
  prompts: number;
  last_event_at: number | null;
}

/** Why a choice of the context was made, for `explain=1`. */
export interface ContextChoice {
  id: string;
  kind: ItemKind;
  title: string;
  shown: "full" | "line" | "no";
  worth: number;
  reasons: string[];
}

export interface ContextAnswer {
  text: string;
  tokens: number;
  /** Ids of what the text shows, in its order. */
  observations: string[];
  /** The highest item number at that moment: what comes later is newer than this context. */
  until: number;
  choices?: ContextChoice[];
}
