/** What an agent said that it found: told when the work it was found in is done, the newest word last. */
import type { DraftObservation } from "../../memory/observation.ts";
import { draft } from "./draft.ts";
import type { Delivered, Finding } from "./open-work.ts";
import { capitalised, joined } from "./prose.ts";
import { bare, codeNames, isCause, isChoice, nameParts } from "./words.ts";

/** Takes back what was said before of the same thing. */
const CONTRADICTS =
  /(?<![\p{L}\p{N}_])(?:not|never|n't|no|wrong|incorrect|actually|instead|rather|mistaken|false|turns? out|doch nicht|stattdessen|en realidad|en fait|на самом деле)(?![\p{L}\p{N}_])|n't\b|其实|实际上|実は|不是/iu;

function sharesAllNames(earlier: string, later: string): boolean {
  const names = [...nameParts(earlier)];
  const known = nameParts(later);
  return names.length > 0 && names.filter((name) => known.has(name)).length / names.length >= 0.6;
}

/** True where `later` takes back what `earlier` says. */
export function takesBack(later: string, earlier: string): boolean {
  return CONTRADICTS.test(later) && sharesAllNames(earlier, later) && bare(later) !== bare(earlier);
}

/** Findings that nothing said later takes back. */
function standing(findings: readonly Finding[]): Finding[] {
  return findings.filter(
    (finding, at) => !findings.slice(at + 1).some((later) => takesBack(later.text, finding.text)),
  );
}

/** Findings of one thing together: those that name the same. */
function grouped(findings: readonly Finding[]): Finding[][] {
  const groups: { names: Set<string>; members: Finding[] }[] = [];
  for (const finding of findings) {
    const names = nameParts(finding.text);
    const group = groups.find(
      (each) => each.members.length < 4 && [...names].some((name) => each.names.has(name)),
    );
    if (group === undefined) groups.push({ names, members: [finding] });
    else {
      group.members.push(finding);
      for (const name of names) group.names.add(name);
    }
  }
  return groups.map(({ members }) => members);
}

/** Observations of `findings`; one that names nothing in code, nor a cause, is too little for that. */
export function observeFindings(
  findings: readonly Finding[],
  at: number,
  taken: Set<string>,
): DraftObservation[] {
  const named = standing(findings).filter(
    ({ text }) => (codeNames(text).length > 0 && text.length >= 40) || isCause(text),
  );
  return grouped(named).map((members) => {
    const texts = members.map(({ text }) => capitalised(text));
    const lead = [...texts].sort((a, b) => codeNames(b).length - codeNames(a).length)[0] ?? "";
    return draft(
      {
        type: members.some(({ text }) => isChoice(text)) ? "decision" : "discovery",
        titles: [lead, ...texts],
        narrative: joined(texts, 560),
        facts: [],
        concepts: ["how-it-works", "gotcha"],
        sources: [
          ...members.map(({ key }) => key),
          ...members.flatMap(({ near }) => (near === null ? [] : [near])),
        ],
        index: texts.join("\n"),
        at,
      },
      taken,
    );
  });
}

/** Names that two tellings of one failure share at least, and their share of the shorter one's. */
const SAME_FIX_NAMES = 2;
const SAME_FIX_SHARE = 0.5;

/** The delivered fixes of which `text` tells again: it names what they name. */
export function toldAgainBy(text: string, delivered: readonly Delivered[]): Delivered[] {
  const names = nameParts(text);
  return delivered.filter((told) => {
    if (told.isFix !== true) return false;
    const before = nameParts(told.text);
    const shared = [...before].filter((name) => names.has(name)).length;
    const least = Math.min(names.size, before.size);
    return shared >= SAME_FIX_NAMES && shared / least >= SAME_FIX_SHARE;
  });
}

/** The delivered finding that `text` takes back; null where it takes back none. */
export function takenBackBy(text: string, delivered: readonly Delivered[]): Delivered | null {
  return (
    delivered.findLast(
      ({ text: told }) =>
        codeNames(told).length > 1 && sharesAllNames(told, text) && takesBack(text, told),
    ) ?? null
  );
}
