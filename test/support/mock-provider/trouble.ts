/** Which trouble a request meets: from the queue, else by a seeded draw. */
import type { Outcome, OutcomeKind } from "./protocol.ts";

/** The kinds that a chaos run meets unless it asks for others, with their weights. */
export const DEFAULT_MIX: Partial<Record<OutcomeKind, number>> = {
  slow: 3,
  rate_limited: 3,
  overloaded: 2,
  server_error: 2,
  cut_off: 2,
  wrong_json: 2,
  not_json: 1,
  refusal: 1,
  too_long: 1,
  invented_refs: 2,
  hang: 1,
};

/** Longest delay of a `slow` answer whose length is drawn. */
const SLOW_MAX_MS = 1500;

/** FNV-1a over the text, 32 bits: the same request draws the same lot in every run. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}

/** A generator of numbers in [0, 1), the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Draws by seed, content and how often the content was seen, not by order of arrival: clients that
 * run side by side meet the same troubles in every run, and a retry meets a new lot.
 */
export function drawOutcome(
  seed: number,
  content: string,
  seenBefore: number,
  trouble: number,
  mix: Partial<Record<OutcomeKind, number>>,
): Outcome {
  const random = seededRandom(hash(`${seed}:${seenBefore}:${content}`));
  if (random() >= trouble) return { kind: "ok" };
  const entries = Object.entries(mix) as [OutcomeKind, number][];
  let lot = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [kind, weight] of entries) {
    lot -= weight;
    if (lot >= 0) continue;
    if (kind === "slow") return { kind, ms: Math.round(random() * SLOW_MAX_MS) };
    // Half of the rate limits say when to come back.
    if (kind === "rate_limited" && random() < 0.5) return { kind, retryAfter: "1" };
    return { kind };
  }
  return { kind: "ok" };
}
