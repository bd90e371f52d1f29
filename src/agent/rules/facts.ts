/** What is shown of activities: short facts, each true of one of them. */
import { fileName } from "../../memory/paths.ts";
import type { Activity } from "./activity.ts";
import { answersOf } from "./answers.ts";
import { editInWords, shortName } from "./change-words.ts";
import { commitOf, verifies } from "./commands.ts";
import { definedNames, FILE_COMMENT_LINES, statedPurpose } from "./definitions.ts";
import { listed, looksLikeInstruction, plain, sentences, shorten } from "./prose.ts";
import { sectionsOf } from "./sections.ts";
import { commandLine, commandName, firstTellingLine, foundPlaces } from "./titles.ts";

/** More of them are rather the raw log again: the index has it, and search ranks better with fewer. */
export const FACTS_MAX = 4;
export const FACT_CHARACTERS = 160;

/** Sentences that give a reason, a choice or a limit are worth more than others. */
const WEIGHTY =
  /\b(?:because|since|so that|instead|rather than|therefore|due to|caused?|must|only|never|not|decided|chosen|out of scope|requires?|fixed|avoids?|unsupported|cannot|keeps?|preserve)\b/i;

/** Words for a reader: no row of a table, of a log or of a listing. */
function isSentence(point: string): boolean {
  if (point.length < 25 || !/^["'`A-Za-z]/.test(point) || !/\s\S{1,60}\s/.test(point)) return false;
  if (/[{};$]|&&|\|\|/.test(point)) return false;
  const letters = point.match(/[A-Za-z ,.'-]/g)?.length ?? 0;
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
    (WEIGHTY.test(point) ? 2 : 0) + (/[`_/]|[a-z][A-Z]|\d/.test(point) ? 1 : 0);
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
    /[A-Za-z]{2,30}(?:[ ,]{1,2}[\w'`"()/-]{1,40}){5}/.test(line),
  );
  return wordy.length >= 4 && wordy.length / lines.length > 0.3;
}

function changeFacts(activity: Activity): string[] {
  const place = activity.path ?? "a file";
  if (activity.kind === "create") {
    const names = definedNames(activity.text, place);
    const purpose = statedPurpose(activity.text, FILE_COMMENT_LINES);
    const facts = [
      `${place}: ${names.length > 0 ? `has ${listed(names.map(shortName), 5)}` : "is new"}`,
    ];
    if (purpose !== null && !looksLikeInstruction(purpose))
      facts.push(`${fileName(place)}: ${purpose}`);
    return facts;
  }
  const facts = [`${place}: ${editInWords(activity)}`];
  const { added = [], removed = [] } = activity.change ?? {};
  const words = (lines: string[]) =>
    lines.map((line) => line.trim()).filter((l) => /\w{2}/.test(l));
  const after = words(added);
  const before = words(removed);
  if (after.length > 0 && after.length <= 3 && before.length <= 3) {
    const was = before.length > 0 ? ` (was ${shorten(before.join(" "), 60)})` : "";
    facts.push(`${fileName(place)}: now ${shorten(after.join(" "), 80)}${was}`);
  } else if (after.length === 0 && before.length > 0) {
    facts.push(`${fileName(place)}: without ${shorten(before.join(" "), 100)}`);
  }
  return facts;
}

function commandFacts(activity: Activity): string[] {
  const line = `\`${shorten(commandLine(activity), 70)}\``;
  const commit = commitOf(activity.text);
  if (commit !== null) return [`Commit ${commit.hash}: ${commit.subject}`];
  const { state, message, totals } = activity.outcome ?? { state: "unknown" };
  if (state === "failed") return [`${line} failed: ${message ?? totals ?? "without a message"}`];
  // The prose of a build is about the build.
  if (isProse(activity.text) && !verifies(activity.subject)) return tellingPoints(activity.text, 3);
  const told = totals ?? firstTellingLine(activity.text);
  if (told !== null) return [`${line}: ${told}`];
  return [state === "passed" ? `${line} passed` : `${line} (${commandName(activity)})`];
}

/** Facts of one activity, the most telling first; each at most `FACT_CHARACTERS`. */
export function factsOf(activity: Activity): string[] {
  const facts = rawFactsOf(activity);
  return facts.map((fact) => shorten(plain(fact), FACT_CHARACTERS)).filter((fact) => fact !== "");
}

function rawFactsOf(activity: Activity): string[] {
  switch (activity.kind) {
    case "create":
    case "edit":
      return activity.failed
        ? [
            `${activity.path}: the edit failed (${shorten(firstTellingLine(activity.text) ?? "", 100)})`,
          ]
        : changeFacts(activity);
    case "command":
      return commandFacts(activity);
    case "read": {
      if (activity.failed) return [`${activity.path}: ${shorten(activity.text, 100)}`];
      if (isProse(activity.text)) return tellingPoints(activity.text, 3);
      const names = definedNames(activity.text, activity.path ?? "");
      return names.length > 0 ? [`${activity.path} has ${listed(names.map(shortName), 5)}`] : [];
    }
    case "search": {
      const found = foundPlaces(activity.text);
      return [
        `"${shorten(activity.subject, 50)}": ${
          listed(
            found.map((line) => shorten(line, 60)),
            2,
          ) || "nothing found"
        }`,
      ];
    }
    case "ask":
      return answersOf(activity.text).map(
        ({ question, answer }) => `${shorten(question, 90)} — answer: ${shorten(answer, 60)}`,
      );
    case "fetch":
    case "delegate":
      return tellingPoints(activity.text, 4);
    case "other":
      return tellingPoints(activity.text, 2);
  }
}
