/**
 * Words of texts and queries: what counts as one, how identifiers come apart, which tell nothing.
 * The full-text index splits at everything that is no letter or digit, so `retry-after`,
 * `retry_after` and `lib/retry/after.ts` come apart by themselves; here is what it does not do.
 */

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

const WORD = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;
// Lower to upper (`retryAfter`), and the last capital of a run before a word (`HTTPServer`).
const CAMEL_BORDER = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
const CJK_RUN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]+/gu;

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

/** Overlapping pairs of each run of CJK characters, which have no spaces: 数据库 → 数据, 据库. */
export function cjkPairs(text: string): string[] {
  const pairs: string[] = [];
  for (const run of text.match(CJK_RUN) ?? []) {
    const characters = [...run];
    for (let i = 0; i + 1 < characters.length; i++) {
      pairs.push(`${characters[i]}${characters[i + 1]}`);
    }
  }
  return pairs;
}

/**
 * The words that the index needs beside a text's own, each once: parts of camelCase identifiers
 * (side by side, so that a phrase finds them) and CJK pairs.
 */
export function splitWords(...texts: string[]): string {
  const seen = new Set<string>();
  let length = 0;
  for (const text of texts) {
    for (const word of wordsOf(text)) {
      const parts = camelParts(word);
      if (parts.length < 2) continue;
      const form = parts.join(" ").toLowerCase();
      if (!seen.has(form)) length += form.length + 1;
      seen.add(form);
    }
    for (const pair of cjkPairs(text)) {
      if (!seen.has(pair)) length += pair.length + 1;
      seen.add(pair);
    }
    if (length > SPLIT_MAX_CHARS) break;
  }
  return [...seen].join("\n").slice(0, SPLIT_MAX_CHARS);
}
