/** One way to write a text: what looks the same is the same, whichever system typed it. */

/** Letters, digits, signs and kana of another width: https://unicode.org/charts/PDF/UFF00.pdf. */
const OTHER_WIDTH = /[\uFF00-\uFFEF]+/g;

/** Composed (NFC), as people type; macOS writes the names of files decomposed. */
export function composed(text: string): string {
  return text.normalize("NFC");
}

/**
 * Composed, and letters of another width as those that everybody types: `Ｒｅｄｉｓ` → `Redis`, `ｶﾞ` →
 * `ガ`. Not NFKC as a whole, which also changes what is no other width (`²`, `ﬁ`, `№`).
 */
export function foldedForm(text: string): string {
  return composed(text).replace(OTHER_WIDTH, (run) => run.normalize("NFKC"));
}

/** Letters that are no others with a mark, as people without them on their keyboard type them. */
const TYPED: Readonly<Record<string, string>> = {
  ß: "ss",
  ø: "o",
  đ: "d",
  ð: "d",
  ł: "l",
  ı: "i",
  æ: "ae",
  œ: "oe",
  þ: "th",
  ħ: "h",
};
const TYPED_LETTER = new RegExp(`[${Object.keys(TYPED).join("")}]`, "g");
const TWO_MARKS = /\p{Script=Latin}\p{M}{2}/u;

/** Lower case without the marks of letters: `Kết nối` → `ket noi`, `Größe` → `grosse`. */
export function withoutAccents(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .normalize("NFC")
    .replace(TYPED_LETTER, (letter) => TYPED[letter] ?? letter);
}

/**
 * True for Latin letters that SQLite's tokenizer `unicode61` leaves as they are: those above, and those
 * with two marks (https://www.sqlite.org/fts5.html#unicode61_tokenizer, `remove_diacritics 1`).
 */
export function keepsAccents(word: string): boolean {
  const lower = word.toLowerCase();
  return lower.search(TYPED_LETTER) >= 0 || TWO_MARKS.test(lower.normalize("NFD"));
}
