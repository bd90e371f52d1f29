/**
 * Words as the full-text index keeps them: folded, then stemmed by M. F. Porter's algorithm ("An
 * algorithm for suffix stripping", Program 14 (3), 1980) in the form that FTS5's tokenizer `porter`
 * has. Only for looking words up: what is not found so is found by a MATCH expression.
 */
import { keepsAccents, withoutAccents } from "../../../platform/text-form.ts";

/** Shorter and longer words stay as they are, as in FTS5. */
const MIN_CHARS = 3;
const MAX_CHARS = 64;

type Condition = (stem: string) => boolean;
type Rule = readonly [suffix: string, becomes: string];

/** Consonants and vowels as `c` and `v`; `y` behind a consonant is a vowel. */
function classes(text: string): string {
  let result = "";
  for (const letter of text) {
    const vowel = "aeiou".includes(letter) || (letter === "y" && result.endsWith("c"));
    result += vowel ? "v" : "c";
  }
  return result;
}

/** Porter's m: how often vowels are followed by consonants. */
function measure(text: string): number {
  return classes(text).match(/v+c/g)?.length ?? 0;
}

function hasVowel(text: string): boolean {
  // Also where all letters before a `y` are none: FTS5 takes each `y` but the first for a vowel.
  return /[aeiou]|.y/.test(text);
}

/** Ends in consonant, vowel, consonant, the last one not w, x or y. */
function endsShort(text: string): boolean {
  return !/[wxy]$/.test(text) && classes(text).endsWith("cvc");
}

const many: Condition = (stem) => measure(stem) > 1;
const some: Condition = (stem) => measure(stem) > 0;

/** The first rule whose suffix fits decides, whether its condition holds or not. */
function apply(word: string, rules: readonly Rule[], condition: Condition): string {
  for (const [suffix, becomes] of rules) {
    if (word.length <= suffix.length || !word.endsWith(suffix)) continue;
    const stem = word.slice(0, -suffix.length);
    const holds = suffix === "ion" ? /[st]$/.test(stem) && condition(stem) : condition(stem);
    return holds ? stem + becomes : word;
  }
  return word;
}

function rules(text: string): readonly Rule[] {
  return text.split(/\s+/).map((pair) => {
    const [suffix = "", becomes = ""] = pair.split(">");
    return [suffix, becomes];
  });
}

const STEP_2 = rules(
  `ational>ate tional>tion enci>ence anci>ance izer>ize logi>log bli>ble alli>al entli>ent eli>e
  ousli>ous ization>ize ation>ate ator>ate alism>al iveness>ive fulness>ful ousness>ous aliti>al
  iviti>ive biliti>ble`,
);
const STEP_3 = rules("ical>ic ness> icate>ic iciti>ic ful> ative> alize>al");
const STEP_4 = rules(
  `al> ance> ence> er> ic> able> ible> ant> ement> ment> ent> ion> ou> ism> ate> iti> ous> ive> ize>`,
);

/** The stem of a folded word. */
export function stem(word: string): string {
  if (word.length < MIN_CHARS || word.length > MAX_CHARS) return word;
  let text = withoutPlural(word);
  text = withoutParticiple(text);
  if (text.endsWith("y") && hasVowel(text.slice(0, -1))) text = `${text.slice(0, -1)}i`;
  text = apply(text, STEP_2, some);
  text = apply(text, STEP_3, some);
  text = apply(text, STEP_4, many);
  const cut = text.slice(0, -1);
  if (text.endsWith("e") && (many(cut) || (measure(cut) === 1 && !endsShort(cut)))) text = cut;
  return text.endsWith("ll") && many(text.slice(0, -1)) ? text.slice(0, -1) : text;
}

function withoutPlural(word: string): string {
  if (/(?:.ss|i)es$/.test(word)) return word.slice(0, -2);
  return /[^s]s$/.test(word) ? word.slice(0, -1) : word;
}

function withoutParticiple(word: string): string {
  if (word.length > 3 && word.endsWith("eed")) {
    return some(word.slice(0, -3)) ? word.slice(0, -1) : word;
  }
  const suffix = /.(ed|ing)$/.exec(word)?.[1];
  if (suffix === undefined) return word;
  const cut = word.slice(0, -suffix.length);
  if (!hasVowel(cut)) return word;
  if (/.(?:at|bl|iz)$/.test(cut)) return `${cut}e`;
  if (/([^aeioulsz])\1$/.test(cut)) return cut.slice(0, -1);
  return measure(cut) === 1 && endsShort(cut) ? `${cut}e` : cut;
}

const MARKS = /\p{M}+/gu;

/**
 * The ways in which the index may hold a word: as the tokenizer `unicode61` folds it, which takes the
 * marks off most Latin letters, as people without such letters type it, and as it is.
 */
export function indexedForms(word: string): string[] {
  const lower = word.toLowerCase();
  if (/^[a-z0-9]*$/.test(lower)) return [stem(lower)];
  const plain = lower.normalize("NFD").replace(MARKS, "").normalize("NFC");
  const forms = [plain, lower.normalize("NFC")];
  if (keepsAccents(lower)) forms.push(withoutAccents(lower));
  return [...new Set(forms.map(stem))];
}
