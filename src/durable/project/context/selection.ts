/** Which observations a session starts with: worth, age, what is told already, room. Pure. */
import type { Concept, ObservationType } from "../../../contract/vocabulary.ts";
import { DAY_MS } from "../../../platform/time.ts";

/** An observation that could be shown. */
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
  /** It is of older work, of which a line of the context tells. */
  hasSessionLine: boolean;
  /** Of its line as it would be rendered, with the line's end. */
  lineChars: number;
  /** What its line tells it with: see `tellingWords`. */
  words: ReadonlySet<string>;
}

export interface Choice {
  n: number;
  shown: "line" | "no";
  worth: number;
  reasons: string[];
}

export interface Room {
  /** Characters for everything that is chosen here: a ceiling, no aim. */
  chars: number;
  branch: string | null;
  /** When the newest of the project was made: after a break what was done last is as fresh as before. */
  newestAt: number;
  /** Words that stand in the context already. */
  told: ReadonlySet<string>;
}

const TYPE_WORTH: Record<ObservationType, number> = {
  decision: 3,
  security: 3,
  bugfix: 2.5,
  feature: 2.4,
  discovery: 2,
  refactor: 1.6,
  change: 1.4,
};
const CONCEPT_WORTH: Partial<Record<Concept, number>> = {
  gotcha: 1,
  "trade-off": 0.7,
  "why-it-exists": 0.5,
  "problem-solution": 0.2,
};
/** What a single task demanded ends with the task, as a rule. */
const TASK_CONSTRAINT_WORTH = 1;
/** A report only of how things are is of the code before the work that asked for it. */
const REPORT_WORTH = 0.3;
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
/** What only says what lines above it say is worth this share. */
const TOLD_FLOOR = 0.2;
/** A line of whose words less than this share is news gets no place. */
const NEWS_MIN = 0.15;
/** A line of so many telling words says enough by itself; one of fewer is worth less. */
const FULL_WORDS = 14;
const FEW_WORDS_FLOOR = 0.4;
/** Each further line of a kind is worth this share of the one before: no kind fills a context. */
const NEXT_OF_KIND: Record<Group, number> = {
  standing: 0.9,
  found: 0.95,
  // What was built stands in the code, and in short in where the work stopped.
  built: 0.85,
};
/** What is worth less than this share of the best is not worth a line. */
const LEAST_SHARE = 0.06;

/** Types that say what was done: of older work its session's line says it. */
const DOINGS: ReadonlySet<ObservationType> = new Set(["feature", "refactor", "change"]);

/** The group of a context that an observation stands in. */
export type Group = "standing" | "found" | "built";

export function groupOf(type: ObservationType): Group {
  if (DOINGS.has(type)) return "built";
  return type === "bugfix" || type === "discovery" ? "found" : "standing";
}

/** Beside which others it competes for room: a constraint that a tool put out is told as a finding, and stands. */
function rivalsOf({ type, concepts }: Candidate): Group {
  const group = groupOf(type);
  return group === "found" && concepts.includes("pattern") ? "standing" : group;
}

/** Whether an observation has a line of its own, or is told by the line of its session. */
function isToldByItsSession(candidate: Candidate): boolean {
  const { type, hasSessionLine, byHand, touchesFile, queryRank } = candidate;
  return DOINGS.has(type) && hasSessionLine && !byHand && !touchesFile && queryRank === null;
}

/** What an observation is worth to a session that starts now, and why. */
export function worthOf(candidate: Candidate, room: Pick<Room, "branch" | "newestAt">) {
  const reasons: string[] = [candidate.type];
  const isOfTask = candidate.concepts.join() === "pattern";
  const isReport = candidate.type === "discovery" && candidate.concepts.join() === "how-it-works";
  let worth = TYPE_WORTH[candidate.type];
  if (isOfTask && !candidate.byHand) worth = TASK_CONSTRAINT_WORTH;
  else if (isReport && !candidate.byHand) worth = REPORT_WORTH;
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
  const age = Math.max(0, room.newestAt - candidate.createdAt);
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
  const fullness = Math.min(1, candidate.words.size / FULL_WORDS);
  worth *= FEW_WORDS_FLOOR + (1 - FEW_WORDS_FLOOR) * fullness;
  return { worth: rounded(worth), reasons };
}

const rounded = (worth: number) => Math.round(worth * 1000) / 1000;

/** The share of a line's words that no line above it has: what it adds. */
function newsOf(words: ReadonlySet<string>, told: ReadonlySet<string>): number {
  if (words.size === 0) return 1;
  let fresh = 0;
  for (const word of words) if (!told.has(word)) fresh++;
  return fresh / words.size;
}

/**
 * Chooses, one after the other, what is worth most beside what is told already, until nothing that is
 * worth a line fits. The choices stand best first, what is not shown behind them.
 */
export function select(candidates: readonly Candidate[], room: Room): Choice[] {
  const told = new Set(room.told);
  // A decision stands by itself, also where the last request said it.
  const toldByLines = new Set<string>();
  let left = room.chars;
  let open = candidates.map((candidate) => ({ candidate, ...worthOf(candidate, room) }));
  const best = Math.max(0, ...open.map(({ worth }) => worth));
  const shown: Choice[] = [];
  const notShown: Choice[] = [];
  const leaveOut = ({ candidate, worth, reasons }: (typeof open)[number], why: string) =>
    notShown.push({ n: candidate.n, shown: "no", worth, reasons: [...reasons, why] });
  open = open.filter((each) => {
    const ofSession = isToldByItsSession(each.candidate);
    if (ofSession) leaveOut(each, "told by its session's line");
    return !ofSession;
  });
  // What a line adds only shrinks as others are told: whoever is first with a gain that is
  // still true is best.
  const ofKind = new Map<string, number>();
  const gainOf = ({ candidate, worth }: (typeof open)[number]) => {
    const rivals = rivalsOf(candidate);
    const news = newsOf(candidate.words, rivals === "standing" ? toldByLines : told);
    if (news < NEWS_MIN) return 0;
    const before = ofKind.get(rivals) ?? 0;
    return worth * (TOLD_FLOOR + (1 - TOLD_FLOOR) * news) * NEXT_OF_KIND[rivals] ** before;
  };
  const queue = open.map((each) => ({ each, gain: gainOf(each) }));
  for (;;) {
    queue.sort((a, b) => a.gain - b.gain || a.each.candidate.n - b.each.candidate.n);
    const first = queue.pop();
    if (first === undefined) break;
    const { each } = first;
    const gain = gainOf(each);
    const next = queue.at(-1);
    if (next !== undefined && gain < next.gain) queue.push({ each, gain });
    else if (gain < LEAST_SHARE * best) leaveOut(each, "told by others, or worth too little");
    else if (each.candidate.lineChars > left) leaveOut(each, "no room left");
    else {
      left -= each.candidate.lineChars;
      for (const word of each.candidate.words) {
        told.add(word);
        toldByLines.add(word);
      }
      const kind = rivalsOf(each.candidate);
      ofKind.set(kind, (ofKind.get(kind) ?? 0) + 1);
      shown.push({
        n: each.candidate.n,
        shown: "line",
        worth: rounded(gain),
        reasons: each.reasons,
      });
    }
  }
  return [...shown, ...notShown.sort((a, b) => b.worth - a.worth || b.n - a.n)];
}
