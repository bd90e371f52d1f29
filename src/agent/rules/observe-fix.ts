/** A failure with what made it pass, told once the pass is there. */
import type { DraftObservation } from "../../memory/observation.ts";
import { fileName } from "../../memory/paths.ts";
import type { Activity } from "./activity.ts";
import { type Content, draft } from "./draft.ts";
import { relevantTo } from "./failures.ts";
import { factsOfChange } from "./observe-changes.ts";
import type { OpenFailure, OpenWork, Said, Tried } from "./open-work.ts";
import { asSentence, capitalised, joined, listed, shorten } from "./prose.ts";
import { codeNames, sharesName } from "./words.ts";

/** What failed, as people call it: `git commit (DIALYZER)`. */
export function failedName({ programs, label, command }: OpenFailure): string {
  const name = programs.length > 0 ? listed(programs, 2) : shorten(command, 50);
  return label === null ? name : `${name} (${label})`;
}

/** The message without the place and the class of the error that stand in front of it. */
function wrongOf(message: string): string {
  return message
    .replace(
      /^(?:Error: )?[\w./@-]{1,120}(?:\(\d{1,6},\d{1,6}\)|:\d{1,6}(?::\d{1,6})?):?\s{0,2}/,
      "",
    )
    .replace(/^\s*[-:]\s*/, "")
    .replace(/\.$/, "");
}

/** What was said of the failure, best first: what names the same as the message or the change. */
function wordsOn(failure: OpenFailure, tried: readonly Tried[]): Said[] {
  const about = [failure.message, ...tried.map((each) => each.about)].join(" ");
  const named = failure.words.filter(({ text }) => sharesName(text, about));
  return named.length > 0 ? named : failure.words;
}

/** True where nothing was learnt: the same command again, or only a formatter in between. */
function isTrivial(failure: OpenFailure, tried: readonly Tried[]): boolean {
  if (failure.words.length > 0 || failure.attempts.length > 0) return false;
  if (tried.length === 0 || failure.message.length < 12) return true;
  return failure.kind === "format" || /^format/i.test(failure.label ?? "");
}

function contentOf(failure: OpenFailure, pass: Activity, work: OpenWork): Content | null {
  const tried = relevantTo(failure, failure.tried);
  if (isTrivial(failure, tried)) return null;
  const words = wordsOn(failure, tried);
  const edits = tried.filter(({ path }) => path !== null);
  const how = [...new Set(tried.map(({ what }) => what))].slice(-3);
  const files = [...new Set(edits.map(({ path }) => path ?? ""))];
  const changes = work.changes.filter(({ path }) => files.includes(path));
  const claim = words.findLast(({ text }) => codeNames(text).length > 0 && text.length >= 30)?.text;
  const wrong = wrongOf(failure.message);
  const done = capitalised(how.at(-1) ?? "");
  const passed = pass.outcome?.totals ?? "";
  const narrative = joined(
    [
      `${failedName(failure)} failed: ${shorten(failure.message, 180)}`,
      ...words.slice(-3).map(({ text }) => capitalised(text)),
      how.length === 0 ? "" : `What helped: ${listed(how, 3)}`,
      `${listed(pass.programs.slice(-2), 2)} then passed${passed === "" ? "" : `: ${passed}`}`,
    ],
    600,
  );
  return {
    type: "bugfix",
    titles: [
      ...(claim === undefined ? [] : [claim]),
      `${shorten(wrong, 60)}: ${shorten(done === "" ? `fixed in ${fileName(files[0] ?? "")}` : done, 60)}`,
      `${done}, against "${shorten(wrong, 40)}"`,
    ],
    subtitle: files.length > 0 ? `Fixed in ${listed(files, 2)}` : "",
    narrative,
    facts: [
      ...(failure.attempts.length > 0
        ? [`Tried without success: ${failure.attempts.join("; ")}`]
        : []),
      ...(claim === undefined ? [] : [asSentence(wrong)]),
      ...changes.flatMap((change) => factsOfChange(change).slice(-2)).slice(0, 3),
      ...words.slice(0, -3).map(({ text }) => text),
    ],
    concepts: ["problem-solution", "gotcha"],
    sources: [
      ...edits.slice(-1).map(({ key }) => key),
      ...words.slice(-1).map(({ key }) => key),
      ...failure.sources.slice(0, 1),
      pass.key,
      ...tried.slice(0, -1).map(({ key }) => key),
    ],
    index: [
      failure.command,
      failure.message,
      ...words.map(({ text }) => text),
      ...how,
      ...failure.attempts,
      ...changes.flatMap(({ lines }) => lines),
    ].join("\n"),
    at: pass.at,
  };
}

/** Observations of failures that `pass` proves to be over; none of those that taught nothing. */
export function observeFixes(
  resolved: readonly OpenFailure[],
  pass: Activity,
  work: OpenWork,
  taken: Set<string>,
): DraftObservation[] {
  return resolved.flatMap((failure) => {
    const content = contentOf(failure, pass, work);
    return content === null ? [] : [draft(content, taken)];
  });
}
