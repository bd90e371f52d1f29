/** How alike two words or two texts are: judges repeats and the fall-back for typos. */
import { wordsOf } from "./words.ts";

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
export const REPEAT_OVERLAP = 0.8;

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
  return wordOverlap(newer.text, older.text) >= REPEAT_OVERLAP;
}

/**
 * The sequences of three characters of a word, with marks at its borders, so that beginnings and
 * ends weigh more.
 */
export function trigramsOf(word: string): Set<string> {
  const characters = [...`^${word.toLowerCase()}$`];
  const trigrams = new Set<string>();
  for (let i = 0; i + 3 <= characters.length; i++) {
    trigrams.add(characters.slice(i, i + 3).join(""));
  }
  return trigrams;
}

/** Similarity of two words by their trigrams (Dice), 0 to 1. */
export function wordSimilarity(a: string, b: string): number {
  const one = trigramsOf(a);
  const two = trigramsOf(b);
  if (one.size === 0 || two.size === 0) return 0;
  let common = 0;
  for (const trigram of one) if (two.has(trigram)) common++;
  return (2 * common) / (one.size + two.size);
}
