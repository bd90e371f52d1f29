/** Which sentences and points of a long text say most, and whether a text is prose at all. */
import { looksLikeInstruction, sentences, shorten } from "./prose.ts";
import { sectionsOf } from "./sections.ts";

export const FACT_CHARACTERS = 160;

/** Sentences that give a reason, a choice or a limit are worth more than others. */
const WEIGHTY =
  /\b(?:because|since|so that|instead|rather than|therefore|due to|caused?|must|only|never|not|decided|chosen|out of scope|requires?|fixed|avoids?|unsupported|cannot|keeps?|preserve)\b/i;

/** Words for a reader: no row of a table, of a log or of a listing. */
function isSentence(point: string): boolean {
  if (!/^["'`\p{L}]/u.test(point)) return false;
  const spaceless = /\p{Lo}{6}/u.test(point);
  if (!spaceless && (point.length < 25 || !/\s\S{1,60}\s/.test(point))) return false;
  if (/[{}$]|;(?!\s\S)|&&|\|\|/.test(point)) return false;
  const letters = point.match(/[\p{L}\p{M} ,.'-]/gu)?.length ?? 0;
  return letters / point.length > 0.75;
}

/** The points and sentences of a long text that say most, the weightiest first, at most `limit`. */
export function tellingPoints(text: string, limit: number): string[] {
  const points: string[] = [];
  for (const section of sectionsOf(text)) {
    points.push(...section.items.map((item) => item.text));
    points.push(...section.paragraphs.flatMap((paragraph) => sentences(paragraph, 4)));
  }
  const worth = (point: string) =>
    (WEIGHTY.test(point) ? 2 : 0) + (/[`_/]|\p{Ll}\p{Lu}|\d/u.test(point) ? 1 : 0);
  return [...new Set(points)]
    .filter(isSentence)
    .filter((point) => !looksLikeInstruction(point))
    .map((point, order) => ({ point, order, worth: worth(point) }))
    .sort((a, b) => b.worth - a.worth || a.order - b.order)
    .slice(0, limit)
    .map(({ point }) => shorten(point, FACT_CHARACTERS));
}

/** True for text that was written for people: sentences or lists of some length. */
export function isProse(text: string): boolean {
  if (text.length < 500) return false;
  const lines = text.split("\n", 300).filter((line) => line.trim() !== "");
  const wordy = lines.filter((line) =>
    /\p{L}{2,30}(?:[ ,]{1,2}[\p{L}\p{N}_'`"()/-]{1,40}){5}|\p{Lo}{12}/u.test(line),
  );
  return wordy.length >= 4 && wordy.length / lines.length > 0.3;
}
