/** The summary of a turn, from the agent's closing message and from what was observed. */
import type { DraftObservation, DraftSummary } from "../../memory/observation.ts";
import { aboutSections, labelledNext, saysOpen } from "./headings.ts";
import { saysPoint } from "./open-points.ts";
import type { Closing } from "./open-work.ts";
import { joined, looksLikeInstruction, plain, sentences } from "./prose.ts";
import { sectionsOf } from "./sections.ts";
import { withoutTotality } from "./totality.ts";
import { bare, isGoingOn, isGuess, isNextStep, isPlan, withoutOpening } from "./words.ts";

const FIELD_MAX = 900;
const LEARNT =
  /(?<![\p{L}\p{N}_])(?:because|caused?|turned out|the (?:issue|problem|reason|root cause|fix|bug)|key fix|learn|found that|note|gotcha|instead of|rather than|due to|was that|weil|wegen|porque|parce que|потому)(?![\p{L}\p{N}_])|因为|原因|なぜなら|ため/iu;

/** A point with what is nested below it, in one line. */
function whole(text: string, raw: string): string {
  const below = raw
    .split("\n")
    .slice(1, 5)
    .map(plain)
    .filter((line) => line.length > 3 && !/^(?:```|~~~)/.test(line));
  if (below.length === 0 || text.length > 160) return text;
  return `${text.replace(/[:：]$/, "")}: ${below.join("; ")}`;
}

/** A heading that is a sentence by itself and says what came of it: `All 3 subtasks completed`. */
function isOutcome(heading: string): boolean {
  return (
    heading.split(/\s+/).length >= 3 &&
    !saysOpen(heading) &&
    /^(?:all|both|alle|beide|tod[oa]s|ambos|tous|toutes|tutti|tutte|entrambi)(?![\p{L}\p{N}_]).*(?<![\p{L}\p{N}_])(?:completed?|done|finished|implemented|fixed|merged|migrated|pass(?:ed|ing)?|erledigt|fertig|abgeschlossen|complet[oa]s|completad[oa]s|listos|terminées?|terminés|conclu[ií]d[oa]s|completat[ei])$/iu.test(
      heading,
    )
  );
}

/** Longest closing message that may be no more than a remark before the next step. */
const STEP_MAX = 400;

/** True for a message that ends with what its writer is about to do: the turn was broken off there. */
function isBrokenOff(text: string): boolean {
  if (text.length > STEP_MAX) return false;
  const last = sentences(text, 12).at(-1) ?? "";
  return isNextStep(withoutOpening(last)) && !/[?？]$/.test(last);
}

/**
 * Takes a closing message apart. `unproved` says of a point that it speaks of something that still
 * fails: such a point is neither done nor learnt.
 */
export function readClosing(text: string, unproved: (point: string) => boolean): Closing {
  const closing: Closing = { done: [], learnt: [], next: [] };
  if (isBrokenOff(text)) return closing;
  const sections = sectionsOf(text);
  const about = aboutSections(sections, text);
  for (const [i, section] of sections.entries()) {
    const kind = about[i] ?? "done";
    const points = [
      ...section.paragraphs
        .flatMap((paragraph) => sentences(paragraph, 8))
        .map((point) => ({ point, ticked: null as boolean | null, listed: false })),
      ...section.items.map((item) => ({
        point: whole(item.text, item.raw),
        ticked: item.ticked,
        listed: true,
      })),
    ];
    if (isOutcome(section.heading)) closing.done.push(withoutTotality(section.heading));
    for (const { point: said, ticked, listed } of points) {
      const point = withoutTotality(withoutOpening(said));
      // What ends with a colon announces a list that is not in it.
      if (point.length < 4 || /[:：]$/.test(point)) continue;
      const labelled = labelledNext(point);
      if (ticked === false) closing.next.push(point);
      else if (ticked === true) closing.done.push(point);
      else if (labelled !== null) closing.next.push(...(labelled === "" ? [] : [labelled]));
      else if (kind === "next") {
        if (listed || saysOpen(point) || section.items.length === 0) closing.next.push(point);
      } else if (saysOpen(point)) closing.next.push(point);
      else if (kind === "unclear" || point.length < 8) continue;
      else if (
        isGoingOn(point) ||
        looksLikeInstruction(point) ||
        isGuess(point) ||
        isPlan(point) ||
        unproved(point)
      )
        continue;
      else (LEARNT.test(point) ? closing.learnt : closing.done).push(point);
    }
  }
  return closing;
}

/**
 * The report of a request after another closing message of it: what that one says first, then what
 * was said before and is not said again. What was open stays open until it is said to be done.
 */
export function addToReport(report: Closing, points: Closing): Closing {
  const said = [...points.done, ...points.learnt];
  const isNew = (earlier: string) => !said.some((now) => saysPoint(earlier, now));
  return {
    done: [...points.done, ...report.done.filter(isNew)],
    learnt: [...points.learnt, ...report.learnt.filter(isNew)],
    next: [
      ...points.next,
      ...report.next.filter(
        (point) => isNew(point) && !points.next.some((again) => saysPoint(point, again)),
      ),
    ],
  };
}

/** A sentence that only greets the end: it says nothing of what was done. */
function isEmptyPraise(point: string): boolean {
  return (
    point.length < 40 &&
    /^(?:all (?:done|set|good)|done|perfect|great|excellent|everything (?:works|passes)|here(?:'s| is)|fertig|listo|terminé|完了|完成)(?![\p{L}\p{N}_])/iu.test(
      point,
    )
  );
}

/**
 * The summary of a turn. `request` is what the person asked, `closing` the agent's last message
 * (null where the turn was broken off), `observations` those of the batch that ends the turn,
 * `passed` the checks that passed last.
 */
export function summarise(
  request: string,
  closing: { key: string; points: Closing } | null,
  observations: readonly DraftObservation[],
  passed: readonly { program: string; totals: string }[],
  otherSources: readonly string[],
): DraftSummary {
  const titles = (...types: string[]) =>
    observations
      .filter(({ type, activity }) => activity !== true && types.includes(type))
      .map(({ title }) => title);
  const done = (closing?.points.done ?? []).filter((point) => !isEmptyPraise(point));
  const changes = titles("feature", "change", "refactor", "security");
  const looked = observations.filter(({ activity }) => activity === true).map(({ title }) => title);
  // Where the closing message counts the tests itself, it says enough of them.
  const report = done.join(" ");
  const countsIt = (totals: string) =>
    /(\d{1,7}) tests?\b/.exec(totals)?.[1] !== undefined &&
    new RegExp(`\\b${/(\d{1,7}) tests?\b/.exec(totals)?.[1]}\\b`).test(report);
  const counted = passed
    .filter(({ totals }) => !countsIt(totals))
    .map(({ program, totals }) => `${program} (${totals})`);
  const checks = counted.length > 0 ? `Checks that passed last: ${counted.join(", ")}` : "";
  const learnt = closing?.points.learnt ?? [];
  const isSaid = (title: string) => learnt.some((each) => bare(each).startsWith(bare(title)));
  const told = titles("bugfix", "decision").filter((title) => !isSaid(title));
  const sources = [
    ...(closing === null ? [] : [closing.key]),
    ...observations.flatMap(({ sources: [first] }) => (first === undefined ? [] : [first])),
  ];
  return {
    request,
    investigated: joined(
      [...titles("discovery"), ...(done.length === 0 && changes.length === 0 ? looked : [])],
      500,
    ),
    learned: joined([...learnt, ...told], FIELD_MAX),
    completed: joined(
      [
        joined(
          [
            ...(done.length > 0 ? done : (closing?.points.done ?? [])),
            ...(done.length < 2 ? changes : []),
          ],
          FIELD_MAX,
        ),
        checks,
      ],
      FIELD_MAX + 240,
    ),
    next_steps: joined(closing?.points.next ?? [], FIELD_MAX),
    sources: [...new Set([...sources, ...otherSources])].slice(0, 12),
  };
}
