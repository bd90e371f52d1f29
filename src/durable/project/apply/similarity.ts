/** How alike two texts or two words are: judges repeats and the fall-back for typos. */
import { wordsOf } from "../search/words.ts";

/** Share of the words, each once, that two texts have in common (Jaccard), 0 to 1. */
export function wordOverlap(a: string, b: string): number {
  const one = wordSet(a);
  const two = wordSet(b);
  if (one.size === 0 || two.size === 0) return 0;
  let common = 0;
  for (const word of one) if (two.has(word)) common++;
  return common / (one.size + two.size - common);
}

function wordSet(text: string): Set<string> {
  return new Set(wordsOf(text.toLowerCase()));
}

/** Overlap of the words from which on an observation of the same files counts as a repeat. */
const REPEAT_OVERLAP = 0.8;

/** … and of two that name no file: there a single other word may be another fact. */
const REPEAT_OVERLAP_WITHOUT_FILES = 0.95;

export interface Comparable {
  files: string[];
  /** Title and everything else that is shown. */
  text: string;
}

/** Same files and nearly the same words. */
export function isRepeat(newer: Comparable, older: Comparable): boolean {
  const files = new Set(older.files);
  if (files.size !== newer.files.length || !newer.files.every((file) => files.has(file))) {
    return false;
  }
  const wanted = files.size === 0 ? REPEAT_OVERLAP_WITHOUT_FILES : REPEAT_OVERLAP;
  return wordOverlap(newer.text, older.text) >= wanted;
}

/**
 * How many slips of the pen lie between two words: a character too many, missing, another, or two
 * swapped (optimal string alignment). Counts no further than `most` + 1.
 */
export function slipsBetween(a: string, b: string, most: number): number {
  const one = [...a];
  const two = [...b];
  if (Math.abs(one.length - two.length) > most) return most + 1;
  let before: number[] = [];
  let last = two.map((_, j) => j + 1);
  last.unshift(0);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= two.length; j++) {
      const same = one[i - 1] === two[j - 1] ? 0 : 1;
      let slips = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      const swapped = i > 1 && j > 1 && one[i - 1] === two[j - 2] && one[i - 2] === two[j - 1];
      if (swapped) slips = Math.min(slips, (before[j - 2] ?? 0) + 1);
      row.push(slips);
    }
    if (Math.min(...row) > most) return most + 1;
    before = last;
    last = row;
  }
  return Math.min(last[two.length] ?? 0, most + 1);
}
