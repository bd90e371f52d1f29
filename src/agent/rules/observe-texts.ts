/** Observations from what the agent itself wrote: closing messages, compaction summaries, reports. */
import type { Concept, DraftObservation, ObservationType } from "../../memory/observation.ts";
import { tellingPoints } from "./facts.ts";
import { indexTextOf } from "./index-text.ts";
import { NARRATIVE_MAX } from "./narrative.ts";
import { looksLikeInstruction, plain, sentences, shorten } from "./prose.ts";
import { type Item, type Section, sectionsOf } from "./sections.ts";
import { asTitle, freeTitle } from "./titles.ts";

/** A text shorter than this says nothing that its turn's summary does not say. */
const TELLING_MIN = 120;
/** A closing message shorter than this is told whole by the summary of its turn. */
const CLOSING_MIN = 500;
/** Headings under which everything stands: the points below them make better titles. */
const WIDE_HEADING = /\b(?:files?|code|concepts?|requests?|intent|messages?|sections?)\b/i;
/** Sections of a compaction summary below this go together, so that one summary does not fill a search. */
const COMPACTION_PART_MIN = 1_200;
/** Facts of a text: its own points, so more than of activities. */
const TEXT_FACTS_MAX = 6;
/** Characters of raw text that one observation of a long text covers. */
const PART_MAX = 4_000;

/** What a section is about, by its heading. */
const KINDS: [RegExp, ObservationType, Concept[]][] = [
  [
    /\b(?:errors?|fix(?:es|ed)?|bugs?|problems?|issues?|troubleshooting|gotchas?|pitfalls?)\b/i,
    "bugfix",
    ["problem-solution", "gotcha"],
  ],
  [
    /decision|decided|rationale|why|trade-?off|approach|constraint/i,
    "decision",
    ["why-it-exists", "trade-off"],
  ],
  [/refactor|clean/i, "refactor", ["what-changed"]],
  [/security|vulnerab/i, "security", ["gotcha"]],
  [/file|code|change|complete|done|implement|added|task/i, "change", ["what-changed"]],
];

function kindOf(
  heading: string,
  isClosing = false,
): { type: ObservationType; concepts: Concept[] } {
  for (const [form, type, concepts] of KINDS) if (form.test(heading)) return { type, concepts };
  // A closing message tells what was done.
  if (isClosing) return { type: "change", concepts: ["what-changed"] };
  return { type: "discovery", concepts: ["how-it-works"] };
}

/** A point in full: one that only names its subject, with the first line below it. */
function pointOf({ text, raw }: Item): string {
  const below = raw.split("\n", 2)[1]?.trim() ?? "";
  if (text.length >= 80 || below === "" || below.startsWith("```")) return text;
  return `${text.replace(/:$/, "")}: ${plain(below)}`;
}

/** Parts of a section that one observation can tell of: whole points, up to `PART_MAX` characters. */
function partsOf(section: Section): { items: Item[]; raw: string }[] {
  if (section.raw.length <= PART_MAX || section.items.length < 2) {
    return [{ items: section.items, raw: section.raw }];
  }
  const parts: { items: Item[]; raw: string }[] = [];
  let part: { items: Item[]; raw: string } = {
    items: [],
    raw: `${section.paragraphs.join("\n")}\n`,
  };
  for (const item of section.items) {
    if (part.items.length > 0 && part.raw.length + item.raw.length > PART_MAX) {
      parts.push(part);
      part = { items: [], raw: "" };
    }
    part.items.push(item);
    part.raw += `${item.raw}\n`;
  }
  parts.push(part);
  return parts;
}

/** The name of a section that says nothing of what is in it. */
const BARE_HEADING =
  /^(?:summary|overview|analysis|details|results?|conclusion|notes?|report|done)?$/i;

function observeSection(
  section: Section,
  key: string,
  at: number,
  context: string,
  taken: Set<string>,
): DraftObservation[] {
  return partsOf(section).map(({ items, raw }) => {
    const points = items.map(pointOf).filter((text) => !looksLikeInstruction(text));
    const prose = section.paragraphs.filter((text) => !looksLikeInstruction(text));
    const lead = items.find(({ text }) => !looksLikeInstruction(text));
    const about =
      lead === undefined ? (sentences(prose.join(" "), 1)[0] ?? context) : pointOf(lead);
    const heading = BARE_HEADING.test(section.heading) ? context : section.heading;
    const titles = [`${heading}: ${about}`, `${about} (${heading})`, about];
    if (heading === "" || about.startsWith(heading)) titles.shift();
    else if (WIDE_HEADING.test(section.heading)) titles.unshift(about);
    const { type, concepts } = kindOf(section.heading || about, context !== "");
    const narrative = sentences(prose.join(" "), 3).join(" ") || points.slice(0, 3).join(" ");
    const facts = points.slice(0, TEXT_FACTS_MAX).map((text) => shorten(text, 160));
    return {
      type,
      title: freeTitle(titles, taken, at),
      subtitle: shorten(heading || context, 120),
      narrative: shorten(narrative, NARRATIVE_MAX),
      facts: facts.length > 0 ? facts : tellingPoints(raw, 3),
      concepts,
      sources: [key],
      index_text: indexTextOf([section.heading, raw]),
    };
  });
}

/** True where one title can tell of both: problems with problems, plans with plans. */
function alike(a: Section, b: Section): boolean {
  const anything = BARE_HEADING.test(a.heading) || BARE_HEADING.test(b.heading);
  return anything || kindOf(a.heading).type === kindOf(b.heading).type;
}

/** Sections so small that they would be observations of nothing go to the one before, where it is of the same kind. */
function mergedSections(sections: Section[], min: number): Section[] {
  const merged: Section[] = [];
  for (const section of sections) {
    const last = merged.at(-1);
    const small = section.raw.length < min || (last?.raw.length ?? min) < min;
    if (last !== undefined && small && alike(last, section)) {
      last.items.push(...section.items);
      last.paragraphs.push(...section.paragraphs);
      last.raw += `${section.heading}\n${section.raw}`;
      last.heading = BARE_HEADING.test(last.heading) ? section.heading : last.heading;
    } else {
      merged.push({ ...section, items: [...section.items], paragraphs: [...section.paragraphs] });
    }
  }
  return merged;
}

/**
 * Observations of a closing message or a subagent's result: one, or one for each of its large
 * sections; none where it is short and a summary tells it (`summarised`).
 */
export function observeMessage(
  text: string,
  key: string,
  at: number,
  taken: Set<string>,
  summarised: boolean,
): DraftObservation[] {
  if (text.trim().length < (summarised ? CLOSING_MIN : TELLING_MIN)) return [];
  const sections = mergedSections(sectionsOf(text), 700);
  const opening = sentences(sections[0]?.paragraphs.join(" ") ?? "", 1)[0] ?? "";
  return sections.flatMap((section) => observeSection(section, key, at, asTitle(opening), taken));
}

/** What an agent writes around its summary for itself, not for a reader. */
const COMPACTION_FRAME =
  /^(?:This session is being continued|If you need specific details from before|Please continue the conversation|Continue with the last task).{0,600}$/gm;

/** Observations of a compaction summary: one for each section, long sections in parts. */
export function observeCompaction(
  text: string,
  key: string,
  at: number,
  taken: Set<string>,
): DraftObservation[] {
  const summaryAt = text.search(/^Summary:\s*$/m);
  const body = (summaryAt === -1 ? text : text.slice(summaryAt + 8))
    .replace(COMPACTION_FRAME, "")
    .trim();
  if (body.length < TELLING_MIN) return [];
  return mergedSections(sectionsOf(body), COMPACTION_PART_MIN).flatMap((section) =>
    observeSection(section, key, at, "", taken),
  );
}
