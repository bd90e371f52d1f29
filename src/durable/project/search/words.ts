/**
 * Words of texts and queries: what counts as one, how identifiers come apart, which tell nothing.
 * The full-text index splits at everything that is no letter or digit, so `retry-after`,
 * `retry_after` and `lib/retry/after.ts` come apart by themselves; here is what it does not do.
 */
import { foldedForm, keepsAccents, withoutAccents } from "../../../platform/text-form.ts";

/** English words that questions consist of and that tell nothing about what is asked. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  `a about above after again all also am an and any anyone anything are aren as at be because been
  before being between both but by can cannot could couldn did didn do does doesn doing don done
  during each either ever every few for from further get gets getting give given go goes going got
  had hadn has hasn have haven having he her here hers him his how however i if in into is isn it
  its itself just let ll made make makes many may me might mine more most much must my myself need
  no nor not now of off on once one only or other our ours out over own please re really same shall
  she should shouldn so some something still such tell than that the their theirs them then there
  these they thing things this those through to too under until up upon us use used using ve very
  was wasn we well were weren what whatever when where whether which while who whom whose why will
  with within without won would wouldn yes yet you your yours`.split(/\s+/),
);

/** Particles of Japanese, Korean and Chinese that stand alone beside a Latin word: `Redisの`, `Redis를`. */
const CJK_PARTICLES: ReadonlySet<string> = new Set(
  "のをはがにへともでやか은는이가을를에의로도와과的了是在和吗呢",
);

const ASCII = /^[\x20-\x7e]*$/;
const WORD = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;
// Lower to upper (`retryAfter`), and the last capital of a run before a word (`HTTPServer`).
const CAMEL_BORDER = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
// The letter classes of scripts that are written without spaces, or with suffixes glued on.
const CJK = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー々]`;
const CJK_RUN = new RegExp(`${CJK}+`, "gu");
const SCRIPT_BORDER = new RegExp(`(?<=${CJK})(?!${CJK})|(?<!${CJK}|^)(?=${CJK})`, "u");

/** Longest text of split words kept for one item, in characters. */
const SPLIT_MAX_CHARS = 6000;
/** A word longer than this is data (base64, a hash of hashes), no identifier. */
const IDENTIFIER_MAX_CHARS = 80;

/** The words of a text as the full-text index sees them, in their own case. */
export function wordsOf(text: string): string[] {
  return text.match(WORD) ?? [];
}

/** `handleRetryAfter` → handle, retry, after. One part where the word does not come apart. */
export function camelParts(word: string): string[] {
  if (word.length > IDENTIFIER_MAX_CHARS) return [word];
  return word.split(CAMEL_BORDER);
}

/** `Redis连接池` → Redis, 连接池: a word in two scripts is two words. */
export function scriptParts(word: string): string[] {
  return word.split(SCRIPT_BORDER).filter((part) => part !== "");
}

/**
 * Overlapping pairs of each run of CJK characters, which have no spaces: 数据库 → 数据, 据库. A
 * character that stands alone is none.
 */
export function cjkPairs(text: string): string[] {
  return cjkRuns(text).flatMap((run) =>
    run.slice(1).map((character, index) => `${run[index]}${character}`),
  );
}

function cjkRuns(text: string): string[][] {
  return (text.match(CJK_RUN) ?? []).map((run) => [...run]);
}

/** True where a word has characters of those scripts. */
export function isCjk(text: string): boolean {
  return text.search(CJK_RUN) >= 0;
}

/** True for one character of those scripts: it is searched as the beginning of a pair. */
export function isCjkCharacter(text: string): boolean {
  const [run, ...others] = cjkRuns(text);
  return run?.length === 1 && others.length === 0 && run[0] === text;
}

export function isCjkParticle(text: string): boolean {
  return CJK_PARTICLES.has(text);
}

/**
 * The words that the index needs beside a text's own, each once: parts of camelCase identifiers
 * (side by side, so that a phrase finds them), the Latin part of a word in two scripts, words in
 * letters of another width as everybody types them, without accents that the index keeps, CJK pairs, and the last character of each CJK
 * run, so that every character is the beginning of something.
 */
export function splitWords(...texts: string[]): string {
  const seen = new Set<string>();
  let length = 0;
  const add = (form: string) => {
    if (!seen.has(form)) length += form.length + 1;
    seen.add(form);
  };
  for (const text of texts) {
    for (const written of wordsOf(text)) {
      const plain = ASCII.test(written);
      const word = plain ? written : foldedForm(written);
      const scripts = plain ? [word] : scriptParts(word);
      for (const part of scripts) {
        const [run] = cjkRuns(part);
        if (run !== undefined) {
          for (const pair of cjkPairs(part)) add(pair);
          add(run.at(-1) ?? "");
          continue;
        }
        const camel = camelParts(part);
        if (camel.length > 1) add(camel.join(" ").toLowerCase());
        else if (scripts.length > 1 || word !== written) add(part.toLowerCase());
        if (!plain && keepsAccents(part)) add(withoutAccents(part));
      }
    }
    if (length > SPLIT_MAX_CHARS) break;
  }
  return [...seen].join("\n").slice(0, SPLIT_MAX_CHARS);
}
