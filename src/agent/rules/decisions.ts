/** What a person decided: by answering a question, or by saying what to do and what not. */
import type { ToolBody } from "../../memory/event.ts";
import type { DraftObservation } from "../../memory/observation.ts";
import { truncate } from "../../platform/truncate.ts";
import type { Activity } from "./activity.ts";
import { answersOf } from "./answers.ts";
import { draft } from "./draft.ts";
import { capitalised, joined, listed, shorten, spokenSentences } from "./prose.ts";
import { bare, codeNames } from "./words.ts";

/** Labels of the options of each question, by the question. */
function optionsOf(body: ToolBody | undefined): Map<string, string[]> {
  const options = new Map<string, string[]>();
  const questions = Array.isArray(body?.input.questions) ? (body.input.questions as unknown[]) : [];
  for (const entry of questions) {
    if (typeof entry !== "object" || entry === null) continue;
    const { question, options: given } = entry as { question?: unknown; options?: unknown };
    if (typeof question !== "string" || !Array.isArray(given)) continue;
    const labels = (given as unknown[]).flatMap((option) => {
      if (typeof option === "string") return [option];
      const label =
        typeof option === "object" && option !== null
          ? (option as { label?: unknown }).label
          : null;
      return typeof label === "string" ? [label] : [];
    });
    options.set(question, labels);
  }
  return options;
}

/** The decisions of a call that asked a person: one for each question that was answered. */
export function observeAnswers(
  activity: Activity,
  body: ToolBody | undefined,
  index: string,
  taken: Set<string>,
): DraftObservation[] {
  const options = optionsOf(body);
  return answersOf(activity.text).map(({ question, answer }) => {
    const others = (options.get(question) ?? []).filter((label) => !answer.includes(label));
    const against =
      others.length > 0
        ? ` Not chosen: ${listed(
            others.map((each) => shorten(each, 60)),
            4,
          )}.`
        : "";
    const labels = options.get(question) ?? [];
    const asked = question.replace(/\s*\([^()]{1,120}\)/g, "");
    const decision = draft(
      {
        type: "decision",
        titles: [`“${shorten(answer, 40)}” on: ${asked}`, `Decided: ${answer}`],
        subtitle: "Decided by the user",
        narrative: `Asked "${shorten(asked, 240)}", the user answered "${shorten(answer, 200)}".${against}`,
        facts: [],
        concepts: ["why-it-exists"],
        sources: [activity.key],
        index,
        at: activity.at,
      },
      taken,
    );
    return { ...decision, decides: decidesOf(question, [...labels, answer]) };
  });
}

const DECIDES_MAX_CHARS = 200;
const OPTIONS_MAX = 8;

function decidesOf(question: string, options: readonly string[]): string[] {
  const known = [...new Set(options.map(bare))].filter((option) => option !== "");
  return [bare(question), ...known.slice(0, OPTIONS_MAX)].map((text) =>
    truncate(text, DECIDES_MAX_CHARS),
  );
}

/** What a call that asked a person decides, where it asked one question; null otherwise. */
export function decidedBy(activity: Activity, body: ToolBody | undefined): string[] | null {
  const answers = activity.kind === "ask" ? answersOf(activity.text) : [];
  const [first, ...others] = answers;
  if (first === undefined || others.length > 0) return null;
  return decidesOf(first.question, [...(optionsOf(body).get(first.question) ?? []), first.answer]);
}

/** A sentence by which a person rules something in or out, beyond the task at hand. */
const RULING =
  /(?<![\p{L}\p{N}_])(?:don't|do not|never|always|must(?: not)?|should(?:n't| not| always| never)|instead of|rather than|not .{1,30} but|no need to|prefer|from now on|stop (?:using|doing)|only use|nicht|kein\p{L}*|nie|immer|statt|lieber|no uses?|nunca|siempre|en vez de|ne .{1,20} pas|jamais|toujours|plutôt|não|sempre|non .{1,20} mai|никогда|всегда|не надо|вместо)(?![\p{L}\p{N}_])|不要|别|別|必须|必須|总是|不能|而不是|しないで|必ず|ではなく|하지 마|항상/iu;

/** The rulings in what a person wrote; none of a prompt that only asks for something. */
export function observeRulings(
  words: string,
  key: string,
  at: number,
  taken: Set<string>,
): DraftObservation[] {
  const said = spokenSentences(words.slice(0, 4_000), 30).filter(
    (sentence) =>
      (sentence.length >= 15 || /\p{Lo}{6}/u.test(sentence)) &&
      sentence.length <= 300 &&
      RULING.test(sentence) &&
      !/[?？]$/.test(sentence) &&
      !/\bignore\b.{0,30}\binstructions\b/i.test(sentence),
  );
  const first = [...said].sort((a, b) => codeNames(b).length - codeNames(a).length)[0];
  if (first === undefined) return [];
  return [
    draft(
      {
        type: "decision",
        titles: [`The user: ${first}`],
        subtitle: "Said by the user",
        narrative: joined(said.map(capitalised), 500),
        facts: [],
        concepts: ["why-it-exists"],
        sources: [key],
        index: truncate(words, 2_000),
        at,
      },
      taken,
    ),
  ];
}

/** Somebody says that they chose. */
const CHOSE =
  /(?<![\p{L}\p{N}_])(?:decided|chose|chosen|opted|settled on|went with|entschied(?:en)?|gewählt|decid[ií]\p{L}*|eleg[ií]\p{L}*|choisi\p{L}*|décidé\p{L}*|escolh\p{L}+|scelt\p{L}+|gekozen|besloten)(?![\p{L}\p{N}_])|(?<!\p{L})(?:решил|выбрал)\p{L}*|决定|決定|选择|選択|選んだ|選びました|결정|선택/iu;
/** And why, or over what. */
const REASON =
  /(?<![\p{L}\p{N}_])(?:because|since|as it|so that|over|instead of|rather than|due to|weil|da(?:mit)?|statt|wegen|porque|para que|en (?:lugar|vez) de|parce que|car|pour que|au lieu de|plutôt que|perché|invece di|omdat|zodat)(?![\p{L}\p{N}_])|(?<!\p{L})(?:потому|так как|чтобы|вместо)(?!\p{L})|因为|而不是|以便|ため|ので|ではなく|때문|대신/iu;

/** What an agent says at a turn's end to have chosen, with the reason; `isTold` of what is known. */
export function observeChoices(
  said: readonly string[],
  key: string,
  at: number,
  isTold: (sentence: string) => boolean,
  taken: Set<string>,
): DraftObservation[] {
  return said
    .filter((each) => CHOSE.test(each) && REASON.test(each) && each.length >= 30 && !isTold(each))
    .map((each) =>
      draft(
        {
          type: "decision",
          titles: [each],
          narrative: each,
          facts: [],
          concepts: ["why-it-exists"],
          sources: [key],
          index: each,
          at,
        },
        taken,
      ),
    );
}
