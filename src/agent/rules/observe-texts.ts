/** Observations from what agents wrote at length: compaction summaries, reports, plans, long closings. */

import type { Concept, ObservationType } from "../../contract/vocabulary.ts";
import type { DraftObservation } from "../../memory/observation.ts";
import { draft, NARRATIVE_MAX } from "./draft.ts";
import { aboutSections, saysOpen } from "./headings.ts";
import { indexTextOf } from "./index-text.ts";
import { capitalised, joined, looksLikeInstruction, plain, sentences, shorten } from "./prose.ts";
import { type Item, type Section, sectionsOf } from "./sections.ts";
import { tellingPoints } from "./telling.ts";
import { isGuess, isRefutation, isState } from "./words.ts";

/** A text shorter than this says nothing that its turn's summary does not say. */
const TELLING_MIN = 120;
/** Points that one observation tells of; decisions that say enough by themselves, each alone. */
const POINTS_PER_PART = 3;
const WHOLE_POINT_MIN = 170;
const WHOLE_PROBLEM_MIN = 110;
const POINT_MAX = 500;

/** What a section is about, by its heading. */
const KINDS: [RegExp, ObservationType, Concept[]][] = [
  [
    /(?<![\p{L}\p{N}_])(?:errors?|fix(?:es|ed)?|bugs?|problems?|issues?|troubleshooting|gotchas?|pitfalls?|fehler|errores|erreurs)(?![\p{L}\p{N}_])|错误|修复|エラー|ошибк/iu,
    "bugfix",
    ["problem-solution"],
  ],
  [
    /decision|decided|rationale|why|trade-?off|approach|constraint|entscheid|decisi|决定|決定|решени/iu,
    "decision",
    ["why-it-exists", "trade-off"],
  ],
  [/refactor|clean/i, "refactor", ["what-changed"]],
  [/security|vulnerab/i, "security", ["gotcha"]],
  [/file|code|change|complete|done|implement|added|task|what was/i, "change", ["what-changed"]],
];
/** Sections of a compaction summary that only say how the session stands or repeat what was asked. */
const PASSING =
  /(?<![\p{L}\p{N}_])(?:pending|current|next|remaining|in progress|todo|status|all user messages|user messages|primary request|intent|request|analysis|optional|key technical concepts?|technologies|tech stack|problem solving)(?![\p{L}\p{N}_])|待办|下一步|当前|次の|現在|следующ|текущ/iu;

function kindOf(heading: string): { type: ObservationType; concepts: Concept[] } {
  for (const [form, type, concepts] of KINDS) if (form.test(heading)) return { type, concepts };
  return { type: "discovery", concepts: ["how-it-works"] };
}

/** A point with what is nested below it, without code, in one line. */
function wholePoint({ text, raw }: Item): string {
  const below = raw
    .replace(/(?:```|~~~)[\s\S]*?(?:```|~~~|$)/g, "")
    .split("\n")
    .slice(1, 9)
    .map(plain)
    .filter((line) => line.length > 3);
  return below.length === 0
    ? text
    : `${text.replace(/[:：]$/, "")}: ${below.map((line) => line.replace(/[.;]$/, "")).join("; ")}`;
}

/** An error with its place: it stands there until the next edit. */
const ERROR_AT_LINE =
  /(?<![\p{L}\p{N}_])(?:errors?|warnings?|failures?|fehler|errores?|erreurs?|erro|ошибк\p{L}+)(?: \S+){0,2} (?:at|on|in|near|auf|en|à|na) (?:line|lines|zeile|línea|ligne|linha|строке) ?\d|(?:第 ?\d+ ?行|\d+ ?行目|\d+번째 줄).{0,12}(?:错误|エラー|오류)/iu;

/** What of a point stands: without clauses that are only true for the moment. */
function standing(point: string): string {
  return point
    .split(/(?<=[.;])\s+/)
    .filter((clause) => !isState(clause) && !isGuess(clause) && !ERROR_AT_LINE.test(clause))
    .join(" ")
    .replace(/\s*\((?=[^)]{0,60}\b(?:committed|uncommitted|pending|new)\b)[^)]{1,80}\)/gi, "")
    .trim();
}

/** Problems that a linter or formatter names and that teach nothing. */
const TRIVIAL =
  /^(?:\p{L}+: )?(?:unused (?:\w+ )?(?:variables?|imports?|alias(?:es)?|arguments?|parameters?)|formatting|whitespace|trailing (?:spaces?|commas?)|indentation|typos?|line (?:too long|length))\b/iu;

interface Stretch {
  heading: string;
  points: string[];
  raw: string;
}

/** What a text must not repeat: what still fails, and what was told already. */
export interface Known {
  unproved(point: string): boolean;
  told(point: string): boolean;
}

/** A section's points in stretches that one title can tell of. */
function stretchesOf(section: Section, known: Known): Stretch[] {
  const usable = (point: string) =>
    !looksLikeInstruction(point) &&
    !known.unproved(point) &&
    !known.told(point) &&
    !saysOpen(point);
  const points = section.items
    .filter(({ ticked }) => ticked !== false)
    .map((item) => ({ point: standing(wholePoint(item)), raw: item.raw }))
    .filter(({ point }) => point.length >= 25 && usable(point) && !TRIVIAL.test(point));
  const { type } = kindOf(section.heading);
  const stretches: Stretch[] = [];
  let open: Stretch | null = null;
  for (const { point, raw } of points) {
    // A problem by itself: what one ran into says nothing of another.
    const alone =
      (type === "bugfix" && point.length >= WHOLE_PROBLEM_MIN) ||
      (type === "decision" && point.length >= WHOLE_POINT_MIN);
    if (open === null || alone || open.points.length >= POINTS_PER_PART) {
      const stretch: Stretch = { heading: section.heading, points: [], raw: "" };
      stretches.push(stretch);
      if (!alone) open = stretch;
      stretch.points.push(point);
      stretch.raw = raw;
    } else {
      open.points.push(point);
      open.raw += `\n${raw}`;
    }
  }
  const prose = section.paragraphs
    .flatMap((paragraph) => sentences(paragraph, 6))
    .filter((text) => text.length >= 25 && usable(text) && !isState(text) && !isGuess(text));
  if (stretches.length === 0 && prose.length > 0) {
    stretches.push({ heading: section.heading, points: prose.slice(0, 6), raw: section.raw });
  }
  return stretches;
}

const BARE_HEADING =
  /^(?:summary|overview|analysis|details|results?|conclusion|notes?|report|done)?$/i;

function observeStretch(
  stretch: Stretch,
  key: string,
  at: number,
  context: string,
  taken: Set<string>,
): DraftObservation {
  const { points, raw } = stretch;
  const heading = BARE_HEADING.test(stretch.heading) ? context : stretch.heading;
  const first = points[0] ?? heading;
  const { type, concepts } = kindOf(stretch.heading || first);
  return draft(
    {
      type,
      titles: [first, `${heading}: ${first}`],
      subtitle: heading,
      narrative: joined(
        points.map((point) => shorten(capitalised(point), POINT_MAX)),
        NARRATIVE_MAX,
      ),
      facts: points.slice(1),
      concepts,
      sources: [key],
      index: indexTextOf([heading, raw]),
      at,
    },
    taken,
  );
}

/** What an agent writes around its summary for itself, not for a reader. */
const COMPACTION_FRAME =
  /^(?:This session is being continued|If you need specific details from before|Please continue the conversation|Continue (?:the conversation|with the last task)).{0,600}$/gm;

/**
 * Observations of a compaction summary: what it tells of problems, decisions and how things are.
 * What it says of the moment, and of what still fails, is nothing.
 */
export function observeCompaction(
  text: string,
  key: string,
  at: number,
  known: Known,
  taken: Set<string>,
): DraftObservation[] {
  const summaryAt = text.search(/^(?:<summary>|Summary:)\s*$/m);
  const body = (summaryAt === -1 ? text : text.slice(summaryAt).replace(/^.*\n/, ""))
    .replace(COMPACTION_FRAME, "")
    .trim();
  if (body.length < TELLING_MIN) return [];
  const sections = sectionsOf(body).filter(
    ({ heading, above }) => !PASSING.test(heading) && !PASSING.test(above),
  );
  return sections.flatMap((section) =>
    stretchesOf(section, known).map((stretch) => observeStretch(stretch, key, at, "", taken)),
  );
}

/** A section as prose: short points of a list (`Version: 1.5`) say nothing without their heading. */
function readable({ heading, items, paragraphs, raw }: Section): string {
  const isValue = ({ text }: Item) => text.length < 90 && !/[.!?。！？]$/.test(text);
  const short = items.length > 0 && items.every(isValue);
  if (heading === "" || !short) return raw;
  const values = items.slice(0, 4).map(({ text }) => text.replace(/[.;]$/, ""));
  return [...paragraphs, `- ${heading}: ${values.join("; ")}`].join("\n");
}

/** The observation of a report: what a subagent found out, or what a page answered; none of an empty one. */
export function observeReport(
  report: { text: string; about: string; key: string; at: number; index: string },
  taken: Set<string>,
): DraftObservation[] {
  const { text, about, key, at, index } = report;
  if (text.trim().length < TELLING_MIN) return [];
  const sections = sectionsOf(text);
  const kinds = aboutSections(sections, text);
  const told = sections.filter((_, i) => kinds[i] !== "next");
  const points = tellingPoints(told.map(readable).join("\n\n"), 7).filter(
    (point) => !isGuess(point) && !isRefutation(point),
  );
  const first = points[0];
  if (first === undefined) return [];
  return [
    draft(
      {
        type: "discovery",
        titles: [about === "" ? first : `${about}: ${first}`, first],
        subtitle: about,
        narrative: joined(points.slice(0, 3), NARRATIVE_MAX),
        facts: points.slice(3),
        concepts: ["how-it-works"],
        sources: [key],
        index,
        at,
      },
      taken,
    ),
  ];
}

/** A plan that was agreed on. */
export function observePlan(
  text: string,
  key: string,
  at: number,
  index: string,
  taken: Set<string>,
): DraftObservation[] {
  const sections = sectionsOf(text);
  const points = sections
    .flatMap((section) => [
      ...section.paragraphs.flatMap((each) => sentences(each, 3)),
      ...section.items.map(wholePoint),
    ])
    .filter((point) => point.length >= 20 && !looksLikeInstruction(point));
  const heading = sections.find(({ heading: each }) => each.length > 8)?.heading ?? points[0] ?? "";
  if (points.length === 0) return [];
  return [
    draft(
      {
        type: "decision",
        titles: [/plan/i.test(heading) ? heading : `Plan: ${heading}`],
        narrative: joined(points.slice(0, 4), NARRATIVE_MAX),
        facts: points.slice(4, 10),
        concepts: ["why-it-exists"],
        sources: [key],
        index,
        at,
      },
      taken,
    ),
  ];
}
