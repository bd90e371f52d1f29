/** Items of a file whose path the query names. */
import { COLUMN_SIZE, COLUMNS } from "../../store/postings.ts";
import { K1 } from "../bm25.ts";
import { termsOf } from "../query.ts";
import type { Channel } from "./channel.ts";

const WEIGHT = 0.5;
const FILES = COLUMNS.indexOf("files");

export const files: Channel = {
  name: "files",
  score({ parsed, words }, soFar) {
    if (parsed.paths.length === 0) return null;
    const named = new Set(termsOf(parsed.paths).map(({ text }) => text));
    const scores = new Map<number, number>();
    for (const { text, idf, places } of words.known) {
      if (places === null || !named.has(text)) continue;
      for (const n of soFar.keys()) {
        const inFiles = places.get(n)?.some((place) => Math.floor(place / COLUMN_SIZE) === FILES);
        if (inFiles) scores.set(n, (scores.get(n) ?? 0) + WEIGHT * idf * (K1 + 1));
      }
    }
    return scores;
  },
};
