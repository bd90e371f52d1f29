/** The fall-back for words that stand nowhere: those that are spelt like them. */

import type { Filters } from "../../../contract/params.ts";
import { slipsBetween } from "../apply/similarity.ts";
import { type TrigramCandidate, trigramCandidates } from "../store/search-index.ts";
import type { View } from "../store/visible.ts";
import type { Term } from "./query.ts";
import { wordsOf } from "./words.ts";

const SIMILAR_WORDS_MAX = 3;
/** Items that are looked through for one word. */
const CANDIDATES_MAX = 40;
/** Shorter words are like too many others. */
const MIN_CHARS = 4;
/** A word of this many characters may have one slip, one of twice as many two, and so on. */
const CHARS_PER_SLIP = 4;
const SLIPS_MAX = 3;

/** For each unknown word the most similar ones of the project; without those that have none. */
export function findSimilarWords(
  view: View,
  unknown: Term[],
  filters: Filters,
): Map<string, string[]> {
  const words = new Map<string, string[]>();
  for (const { text } of unknown) {
    if (text.includes(" ") || [...text].length < MIN_CHARS) continue;
    const pieces = piecesOf(text);
    const candidates = trigramCandidates(view, pieces, filters, CANDIDATES_MAX);
    const similar = mostSimilar(text, pieces, candidates);
    if (similar.length > 0) words.set(text, similar);
  }
  return words;
}

/** Slips leave at least one of the pieces of a word as it was, mostly. */
function piecesOf(word: string): string[] {
  const characters = [...word];
  const size = Math.max(3, Math.floor(characters.length / 3));
  const pieces = [characters.slice(0, size), characters.slice(-size)];
  if (characters.length >= 3 * size) pieces.push(characters.slice(size, -size));
  return pieces.map((piece) => piece.join(""));
}

function mostSimilar(word: string, pieces: string[], candidates: TrigramCandidate[]): string[] {
  const allowed = Math.min(SLIPS_MAX, Math.floor([...word].length / CHARS_PER_SLIP));
  const slips = new Map<string, number>();
  const seen = new Set<string>();
  for (const { title, body, files } of candidates) {
    for (const other of wordsOf(`${title}\n${body}\n${files}`.toLowerCase())) {
      if (seen.has(other)) continue;
      seen.add(other);
      if (!pieces.some((piece) => other.includes(piece))) continue;
      // A part of a word is as good as one slip.
      slips.set(other, other.includes(word) ? 1 : slipsBetween(word, other, allowed));
    }
  }
  return [...slips]
    .filter(([, count]) => count <= allowed)
    .sort((a, b) => a[1] - b[1])
    .slice(0, SIMILAR_WORDS_MAX)
    .map(([other]) => other);
}

/** The words that are searched in the place of others, each once. */
export function similarTerms(similar: ReadonlyMap<string, string[]>): Term[] {
  return [...new Set([...similar.values()].flat())].map((text) => ({ text, forms: [text] }));
}
