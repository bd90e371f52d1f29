/** A way to write a term as the words of the index. */
import type { IndexWord } from "../store/postings.ts";
import { indexedForms } from "./stem.ts";
import { isCjkCharacter, wordsOf } from "./words.ts";

/** For each word of the form, in their order, the ways in which the index may keep it. */
export type IndexedForm = readonly (readonly IndexWord[])[];

/** Where the tokenizer `unicode61` cuts a word further: at marks that are no accents of letters. */
const CUT = /(?:(?![\u0300-\u036f])[^\p{L}\p{N}\p{Co}])+/u;

export function indexedForm(form: string): IndexedForm {
  if (isCjkCharacter(form)) return [[{ text: form, prefix: true }]];
  return wordsOf(form)
    .flatMap((word) => word.normalize("NFC").split(CUT))
    .filter((word) => word !== "")
    .map((word) => indexedForms(word).map((text) => ({ text, prefix: false })));
}
