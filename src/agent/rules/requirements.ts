/** Constraints and conventions that a task's text or a document of the repository states. */
import type { DraftObservation } from "../../memory/observation.ts";
import { fileName } from "../../memory/paths.ts";
import type { Activity } from "./activity.ts";
import { asTitle, draft } from "./draft.ts";
import { taskNames } from "./open-points.ts";
import { joined, looksLikeInstruction, plain, shorten } from "./prose.ts";
import { type Section, sectionsOf } from "./sections.ts";
import { isProse } from "./telling.ts";

/** Headings under which limits stand. */
const LIMITS =
  /constraint|requirement|convention|\brules?\b|guideline|guardrail|invariant|non-?goals?|out of scope|do not|don't|\bmust\b|policy|einschränk|anforderung|regel|vorgabe|restricci|requisito|contrainte|exigence|règle|ограничени|требовани|правил|约束|要求|规范|规则|制約|要件|規約|제약|요구/iu;
/** Of these, headings under which work is described: of their points those that limit something. */
const WORK = /requirement|anforderung|requisito|exigence|требовани|要求|要件|요구/iu;
/** Words that limit or oblige. */
const MODAL =
  /(?<![\p{L}\p{N}_])(?:must(?: not)?|never|always|only|do not|don't|should not|shall|may not|cannot|no (?:new|schema|api|breaking|changes?)|without (?:changing|breaking)|keep|preserve|required?|forbidden|not allowed|avoid|prefer|instead of|unchanged|backward|muss|darf|nie|immer|nur|debe|nunca|siempre|doit|jamais|toujours|нельзя|должн\p{L}+|всегда|никогда)(?![\p{L}\p{N}_])|必须|不得|禁止|不要|必ず|しない|だけ/iu;
const RULED_OUT =
  /(?<![\p{L}\p{N}_])(?:not|never|no|without|cannot|don't|avoid|forbidden|instead of|nicht|kein\p{L}*|nie|nunca|jamais|нельзя|никогда)(?![\p{L}\p{N}_])|不得|禁止|不要|しない/iu;
/** Tells its reader rather than its project: that is nobody's constraint. */
const ADDRESSED =
  /\b(?:ignore|disregard|forget|reveal|system prompt|instructions above|previous instructions|credentials?|password|api key)\b/i;

const POINTS_MAX = 6;
/** Fewer are told by the work that keeps to them. */
const POINTS_MIN = 3;

/** The points of `section` that limit something; all of them where its heading says so. */
function limitsIn(section: Section): string[] {
  const headings = [section.heading, section.above];
  const byHeading = headings.some((heading) => LIMITS.test(heading));
  const allOfThem = headings.some((heading) => LIMITS.test(heading) && !WORK.test(heading));
  const points = section.items.map(({ text }) => text);
  return points
    .filter((point) => point.length >= 20 && point.length <= 320)
    .filter((point) => !ADDRESSED.test(point))
    .filter(
      (point) => allOfThem || (MODAL.test(point) && (byHeading || !looksLikeInstruction(point))),
    );
}

/** The title of a document: its first heading or line, without what a tracker puts around it. */
function titleOf(activity: Activity): string {
  if (activity.path !== null) return fileName(activity.path);
  const first =
    activity.text.split("\n").find((line) => line.trim().length > 3) ?? activity.subject;
  return plain(first)
    .replace(/\s*\[[^\]]{1,40}\]\s*/g, " ")
    .replace(/\s{2,}/g, " ")
    .trim();
}

/** True for a task's text that lists tasks below it: its first name with a part behind, twice. */
function isParent(text: string): boolean {
  const own = taskNames(text.slice(0, 200))[0];
  if (own === undefined) return false;
  const below = taskNames(text).filter((name) => name.startsWith(`${own}.`));
  return new Set(below).size >= 2;
}

/** True for documents by which a repository tells its conventions. */
const CONVENTIONS =
  /(?:^|\/)(?:CLAUDE|AGENTS|CONTRIBUTING|CONVENTIONS|STYLE\w*|GEMINI|\.cursorrules)(?:\.\w+)?$/i;

/**
 * Constraints that came back from a command (a tracker's task) or a read document; none where it
 * states none. What a page of the web demands is nobody's constraint here.
 */
export function observeRequirements(
  activity: Activity,
  index: string,
  taken: Set<string>,
): DraftObservation[] {
  if (
    activity.failed ||
    (activity.kind !== "command" && activity.kind !== "read" && activity.kind !== "other")
  )
    return [];
  const isDocument = activity.kind === "read";
  if (isDocument && !/\.(?:md|mdx|txt|rst|adoc|mdc)$|cursorrules$/i.test(activity.path ?? ""))
    return [];
  if (!isProse(activity.text)) return [];
  const sections = sectionsOf(activity.text);
  const stated = sections.filter(
    ({ heading, above }) => LIMITS.test(heading) || LIMITS.test(above),
  );
  const conventions = isDocument && CONVENTIONS.test(activity.path ?? "");
  if (stated.length === 0 && !conventions) return [];
  const limits = [...new Set((conventions ? sections : stated).flatMap(limitsIn))];
  // What is ruled out first: it is what nobody sees from the code.
  const points = [
    ...limits.filter((point) => RULED_OUT.test(point)),
    ...limits.filter((point) => !RULED_OUT.test(point)),
  ];
  if (points.length < POINTS_MIN) return [];
  const title = `Constraints of ${titleOf(activity)}`;
  // Looked at once more: it says the same.
  if (taken.has(asTitle(title).toLowerCase())) return [];
  return [
    draft(
      {
        type: "decision",
        titles: [title],
        subtitle: activity.path ?? shorten(activity.subject, 100),
        narrative: joined(points.slice(0, 5), 560),
        facts: points.slice(2, 2 + POINTS_MAX),
        // What a document or the task above others states holds for more than one task's work.
        concepts:
          isDocument || isParent(activity.text) ? ["why-it-exists", "pattern"] : ["pattern"],
        sources: [activity.key],
        index,
        at: activity.at,
      },
      taken,
    ),
  ];
}
