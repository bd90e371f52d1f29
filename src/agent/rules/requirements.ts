/** Constraints and conventions that a task's text or a document of the repository states. */
import type { DraftObservation } from "../../memory/observation.ts";
import { fileName } from "../../memory/paths.ts";
import type { Activity } from "./activity.ts";
import { draft } from "./draft.ts";
import { joined, listed, looksLikeInstruction, plain, shorten } from "./prose.ts";
import { type Section, sectionsOf } from "./sections.ts";
import { isProse } from "./telling.ts";

/** Headings under which limits stand. */
const LIMITS =
  /constraint|requirement|convention|rule|guideline|guardrail|invariant|non-?goals?|out of scope|do not|don't|must|policy|standards?|acceptance|definition of done|success criteria|einschränk|anforderung|regel|vorgabe|restricci|requisito|contrainte|exigence|règle|ограничени|требовани|правил|约束|要求|规范|规则|制約|要件|規約|제약|요구/iu;
/** Words that limit or oblige. */
const MODAL =
  /\b(?:must(?: not)?|never|always|only|do not|don't|should not|shall|may not|cannot|no (?:new|schema|api|breaking|changes?)|without (?:changing|breaking)|keep|preserve|required?|forbidden|not allowed|avoid|prefer|instead of|unchanged|backward|muss|darf|nie|immer|nur|debe|nunca|siempre|doit|jamais|toujours|нельзя|должн\w+|всегда|никогда)\b|必须|不得|禁止|不要|必ず|しない|だけ/iu;
/** Tells its reader rather than its project: that is nobody's constraint. */
const ADDRESSED =
  /\b(?:ignore|disregard|forget|reveal|system prompt|instructions above|previous instructions|credentials?|password|api key)\b/i;

const POINTS_MAX = 6;

/** The points of `section` that limit something; all of them where its heading says so. */
function limitsIn(section: Section): string[] {
  const byHeading = LIMITS.test(section.heading) || LIMITS.test(section.above);
  const points = section.items.map(({ text }) => text);
  return points
    .filter((point) => point.length >= 20 && point.length <= 320)
    .filter((point) => !ADDRESSED.test(point))
    .filter((point) => (byHeading ? true : MODAL.test(point) && !looksLikeInstruction(point)));
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
  // What limits most comes first: the points with a modal word, in their order.
  const points = (conventions ? sections : stated).flatMap(limitsIn);
  const ranked = [
    ...points.filter((point) => MODAL.test(point)),
    ...points.filter((point) => !MODAL.test(point)),
  ];
  const facts = [...new Set(ranked)].slice(0, POINTS_MAX);
  if (facts.length < 2) return [];
  const title = titleOf(activity);
  return [
    draft(
      {
        type: "decision",
        titles: [`Constraints of ${title}`, `Constraints of ${title}: ${facts[0]}`],
        subtitle: activity.path ?? shorten(activity.subject, 100),
        narrative: joined(facts.slice(0, 4), 560),
        facts: facts.slice(2).concat(ranked.slice(POINTS_MAX, POINTS_MAX + 2)),
        concepts: ["why-it-exists", "pattern"],
        sources: [activity.key],
        index,
        at: activity.at,
      },
      taken,
    ),
  ];
}

/** What every commit runs into here, once a refused commit has shown it. */
export function observeCommitChecks(
  checks: { labels: readonly string[]; evenUnverified: boolean; key: string },
  pass: { key: string; at: number },
  taken: Set<string>,
): DraftObservation {
  const names = listed(checks.labels, 6);
  const even = checks.evenUnverified ? " A commit with --no-verify was refused all the same." : "";
  return draft(
    {
      type: "decision",
      titles: [
        `Every git commit is checked here: ${names}${checks.evenUnverified ? ", even with --no-verify" : ""}`,
        `Commits have to pass ${names}`,
      ],
      narrative: `A pre-commit hook refuses a commit until ${names} ${checks.labels.length > 1 ? "pass" : "passes"}.${even}`,
      facts: checks.evenUnverified ? [] : [],
      concepts: ["gotcha", "pattern"],
      sources: [checks.key, pass.key],
      index: `git commit pre-commit hook ${checks.labels.join(" ")} --no-verify`,
      at: pass.at,
    },
    taken,
  );
}
