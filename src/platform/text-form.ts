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
