/** The summary of a turn, from the agent's closing message and from what was observed. */
import type { DraftObservation, DraftSummary } from "../../memory/observation.ts";
import { looksLikeInstruction, plain, sentences, shorten } from "./prose.ts";
import { sectionsOf } from "./sections.ts";

const FIELD_MAX = 600;
const REQUEST_MAX = 300;
const NEXT = /\b(?:next|remain|pending|to-?do|left|follow-?up|still need|not yet|outstanding)/i;
const LEARNT =
  /\b(?:because|caused?|turned out|the (?:issue|problem|reason|root cause)|learn|found that|note|gotcha|instead of|rather than|due to|was that)\b/i;

function joined(parts: string[], max: number): string {
  let text = "";
  for (const part of [...new Set(parts)]) {
    const sentence = /[.!?…]$/.test(part) ? part : `${part}.`;
    if (text.length + sentence.length + 1 > max && text !== "") break;
    text += `${text === "" ? "" : " "}${sentence}`;
  }
  return shorten(text, max);
}

/**
 * The summary of a turn. `request` is what the user asked, `closing` the agent's last message
 * (null where the turn was broken off), `observations` those of the batch that ends the turn.
 */
export function summarise(
  request: string | null,
  closing: { key: string; text: string } | null,
  observations: DraftObservation[],
  otherSources: string[],
): DraftSummary {
  const done: string[] = [];
  const next: string[] = [];
  const learnt: string[] = [];
  for (const section of closing === null ? [] : sectionsOf(closing.text)) {
    const points = [
      ...section.paragraphs.flatMap((paragraph) => sentences(paragraph, 6)),
      ...section.items.map(({ text }) => text),
    ];
    for (const point of points) {
      // What ends with a colon announces a list that is not in it.
      if (point.length < 8 || /:$/.test(point)) continue;
      if (NEXT.test(section.heading) || (NEXT.test(point) && !/\bno\b|nothing/i.test(point))) {
        next.push(point);
      } else if (!looksLikeInstruction(point)) {
        (LEARNT.test(point) ? learnt : done).push(point);
      }
    }
  }
  const titles = (...types: string[]) =>
    observations.filter(({ type }) => types.includes(type)).map(({ title }) => title);
  const fromText = closing !== null && closing.text.length >= 120;
  const changes = titles("feature", "change", "refactor", "bugfix", "security");
  const sources = [
    ...(closing === null ? [] : [closing.key]),
    ...observations.flatMap(({ sources: [first] }) => (first === undefined ? [] : [first])),
  ];
  return {
    request: shorten(plain(request ?? ""), REQUEST_MAX),
    investigated: joined(titles("discovery"), FIELD_MAX),
    learned: joined([...learnt, ...titles("decision")], FIELD_MAX),
    completed: joined(
      fromText ? [...done, ...(done.length < 2 ? changes : [])] : [...changes, ...done],
      FIELD_MAX,
    ),
    next_steps: joined(next, FIELD_MAX),
    sources: [...new Set([...sources, ...otherSources])].slice(0, 12),
  };
}
