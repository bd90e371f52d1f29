/**
 * What the objects say to each other. RPC arguments and results are plain data;
 * failures are string codes, because an error loses its class on the way.
 */

import type { SessionState } from "../contract/vocabulary.ts";
import type {
  Correction,
  KnownPoint,
  NewObservation,
  NewOpenPoint,
  NewPrompt,
  NewSummary,
  PointClosing,
  PointFate,
} from "./observation.ts";

/** What one batch of a session taught. Applied once by (session, generation, batch). */
export interface Delivery {
  /** `<agent>/<session_id>`. */
  session: string;
  /** Raised by forget, redo and a change of project; a project refuses what is below its least. */
  generation: number;
  /** Never used again within a session. */
  batch: number;
  observations: NewObservation[];
  /** A summary replaces an older one of the same session and prompt_number (see mergeSummaries). */
  summaries: NewSummary[];
  prompts: NewPrompt[];
  /** What the batch left to do. This and what follows is absent from deliveries of the first release. */
  openPoints?: NewOpenPoint[];
  /** What it finished of the project's open points. */
  closes?: PointClosing[];
  /** What it showed to be wrong of the session's own observations, this batch's and earlier ones'. */
  corrects?: Correction[];
}

/**
 * What a project says to a delivery:
 * - `stale`: below the generation that it still accepts of this session;
 * - `forgotten`: the same, because the session was forgotten;
 * - `taken`: another delivery has this one's name, so the session does not know what it once told.
 */
export type DeliveryOutcome = "applied" | "duplicate" | "stale" | "forgotten" | "taken";

/** What a project says to a replacement. */
export type ReplacementOutcome = "applied" | "duplicate" | "stale";

/** What a project answers to a forgetting: how much it removed of the session. */
export interface ForgetAnswer {
  outcome: "forgotten" | "stale";
  removed: { observations: number; summaries: number; prompts: number; open_points?: number };
}

/** What an agent saved by hand, told by its session. */
export interface LinkRequest {
  /** The item's number in the project. */
  n: number;
  by: { session: string; agent: string; actor: string; generation: number };
  /** The session's own project, where it is another one. */
  savedFrom: string | null;
}

/** How a session stands with its project, for one whose object was emptied. */
export interface Standing {
  forgotten: boolean;
  /** The lowest generation under which it may tell something new. */
  generation: number;
  /** `seq` of the newest announcement. */
  announcedSeq: number;
}

/** What a session tells its project when its state changes. The highest `seq` wins. */
export interface Announcement {
  session: string;
  state: SessionState;
  /** Counts the session's announcements, so that a late one cannot undo a newer one. */
  seq: number;
  lastEventAt: number | null;
  /** The session's generation; absent from announcements of older releases. */
  generation?: number;
  /** Whose session it is: the answer tells what that person may see. Absent like `generation`: nothing. */
  person?: string;
}

/** What a project answers to an announcement; older releases answer nothing. */
export interface AnnouncementAnswer {
  /** The newest of its open points, newest first, of any session. */
  openPoints: KnownPoint[];
}

/**
 * Removes what a session taught and, in the same transaction, puts `deliveries` in its place.
 * From then on generations below `minGeneration` are refused.
 */
export interface Replacement {
  session: string;
  minGeneration: number;
  /**
   * `all`: everything of the session. Otherwise the observations and summaries all of whose
   * sources are among these event keys (and, with `any: true`, any of whose sources is).
   */
  remove: "all" | { sources: string[]; any?: boolean } | { batches: number[] };
  deliveries: Delivery[];
  /** Of a session that moves: what became of its open points in the project that it leaves. */
  fates?: PointFate[];
}

/** A project as the TeamObject knows it. */
export interface ProjectRef {
  name: string;
  number: number;
}
