/**
 * Claims about all of a kind. Whoever writes `tests for all endpoints` has rarely counted them, and
 * nobody can from the events: such a claim is told of the kind, without the word that says all of it.
 */

/** What tests or checks are said to cover, in front of `all of a kind`. */
const ABOUT_TESTS =
  /(?<![\p{L}\p{N}_])(?:tests?|specs?|testing|tested|coverage|cover(?:s|ed|ing)?|verif\p{L}+|validat\p{L}+|assertions?|tests? unitaires?|pruebas|testes|prove)(?![\p{L}\p{N}_])|тест|测试|測試|テスト|테스트/iu;
const ALL_OF_A_KIND =
  /(?<=\b(?:for|of|in|on|at|across|over|to|with|cover(?:s|ed|ing)?|verif(?:y|ies|ied|ying)|test(?:s|ed|ing)?)\s)(all(?: of)?|each|every)\s+(?=(?!\d|one\b|time\b|possible\b|other\b|two|three|four|five|six|seven|eight|nine|ten)\p{L})/giu;

/** `text` without claims that tests cover all of a kind; one that counts them stays. */
export function withoutTotality(text: string): string {
  if (!ABOUT_TESTS.test(text)) return text;
  return text.replace(ALL_OF_A_KIND, (_, word: string) => (/^all/i.test(word) ? "" : "the "));
}
