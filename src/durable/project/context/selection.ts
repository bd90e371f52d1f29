/** Which observations a session starts with: worth, age and room, as a pure function. */
import type { Concept, ObservationType } from "../../../contract/vocabulary.ts";
import { DAY_MS } from "../../../platform/time.ts";

/** An observation that could be shown. Sizes in characters, as it would be rendered. */
export interface Candidate {
  n: number;
  type: ObservationType;
  concepts: readonly Concept[];
  createdAt: number;
  branch: string | null;
  /** Saved by a person or an agent on purpose. */
  byHand: boolean;
  /** Tells for long, whatever its age. */
  evergreen: boolean;
  /** How often it was observed. */
  times: number;
  /** It touches a file at hand. */
  touchesFile: boolean;
  /** Rank among the matches of the query, from 0; null where it is none. */
  queryRank: number | null;
  lineChars: number;
  fullChars: number;
}

export interface Choice {
  n: number;
  shown: "full" | "line" | "no";
  worth: number;
  reasons: string[];
}

export interface Room {
  /** Characters for everything that is chosen here. */
  chars: number;
  /** Of these, at most so many for observations in full. */
  fullChars: number;
  branch: string | null;
  now: number;
}

const TYPE_WORTH: Record<ObservationType, number> = {
  decision: 3,
  security: 3,
  bugfix: 2.5,
  feature: 2.2,
  discovery: 2,
  refactor: 1.6,
  change: 1.4,
};
const CONCEPT_WORTH: Partial<Record<Concept, number>> = {
  gotcha: 1,
  "trade-off": 0.7,
  "why-it-exists": 0.5,
  "problem-solution": 0.5,
};
const BY_HAND_WORTH = 1.5;
/** After this time an observation is worth half, */
const HALF_LIFE_MS = 10 * DAY_MS;
/** but never less than this share; what stands keeps more. */
const AGE_FLOOR = 0.1;
const EVERGREEN_AGE_FLOOR = 0.5;
const FILE_FACTOR = 1.8;
const BRANCH_FACTOR = 1.3;
const OTHER_BRANCH_FACTOR = 0.9;
const REPEATED_BONUS = 0.3;
const QUERY_FACTOR = 3;
/** How many may be shown in full; what is worth less than half of the best is not. */
const FULL_MAX = 5;
const FULL_SHARE_OF_BEST = 0.5;

/** What an observation is worth to a session that starts now, and why. */
export function worthOf(candidate: Candidate, room: Pick<Room, "branch" | "now">) {
  const reasons: string[] = [candidate.type];
  let worth = TYPE_WORTH[candidate.type];
  for (const concept of candidate.concepts) {
    const more = CONCEPT_WORTH[concept];
    if (more === undefined) continue;
    worth += more;
    reasons.push(concept);
  }
  if (candidate.byHand) {
    worth += BY_HAND_WORTH;
    reasons.push("saved by hand");
  }
  const age = Math.max(0, room.now - candidate.createdAt);
  const floor = candidate.evergreen || candidate.byHand ? EVERGREEN_AGE_FLOOR : AGE_FLOOR;
  const freshness = Math.max(floor, 0.5 ** (age / HALF_LIFE_MS));
  worth *= freshness;
  if (freshness === floor && floor === EVERGREEN_AGE_FLOOR) reasons.push("still standing");
  else reasons.push(`${Math.round(freshness * 100)} % fresh`);
  if (candidate.times > 1) {
    worth += REPEATED_BONUS * Math.log2(candidate.times);
    reasons.push(`seen ${candidate.times} times`);
  }
  if (room.branch !== null && candidate.branch !== null) {
    worth *= candidate.branch === room.branch ? BRANCH_FACTOR : OTHER_BRANCH_FACTOR;
    if (candidate.branch === room.branch) reasons.push("same branch");
  }
  if (candidate.touchesFile) {
    worth *= FILE_FACTOR;
    reasons.push("touches a file at hand");
  }
  if (candidate.queryRank !== null) {
    worth *= 1 + QUERY_FACTOR / (1 + candidate.queryRank / 3);
    reasons.push(`match ${candidate.queryRank + 1} of the query`);
  }
  return { worth: Math.round(worth * 1000) / 1000, reasons };
}

/** Chooses by worth until the room is used up. The choices stand best first. */
export function select(candidates: readonly Candidate[], room: Room): Choice[] {
  const judged = candidates
    .map((candidate) => ({ candidate, ...worthOf(candidate, room) }))
    .sort((a, b) => b.worth - a.worth || b.candidate.n - a.candidate.n);
  const best = judged[0]?.worth ?? 0;
  let left = room.chars;
  let leftForFull = Math.min(room.fullChars, room.chars);
  let full = 0;
  return judged.map(({ candidate, worth, reasons }): Choice => {
    const { n, fullChars, lineChars } = candidate;
    if (full < FULL_MAX && worth >= best * FULL_SHARE_OF_BEST && fullChars <= leftForFull) {
      full++;
      left -= fullChars;
      leftForFull = Math.min(leftForFull - fullChars, left);
      return { n, shown: "full", worth, reasons };
    }
    if (lineChars <= left) {
      left -= lineChars;
      leftForFull = Math.min(leftForFull, left);
      return { n, shown: "line", worth, reasons };
    }
    return { n, shown: "no", worth, reasons: [...reasons, "no room left"] };
  });
}
