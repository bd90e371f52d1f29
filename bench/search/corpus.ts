/**
 * Made-up observations and questions, the same in every run: words of a Zipf distribution, each
 * text about one of many topics, so that words that belong together stand together.
 */

import { OBSERVATION_TYPES } from "../../src/contract/vocabulary.ts";
import type { Delivery } from "../../src/memory/delivery.ts";
import type { NewObservation } from "../../src/memory/observation.ts";
import { NO_PLACE } from "../../src/memory/work-place.ts";

const VOCABULARY = 30_000;
const TOPICS = 400;
const WORDS_PER_TOPIC = 60;
/** Share of a text's words that are its topic's. */
const TOPIC_SHARE = 0.3;
/** Words of one observation, those that are only searched included; as in facts about FTS5's speed. */
const WORDS = { title: 8, narrative: 30, index: 92 };
export const OBSERVATIONS_PER_DELIVERY = 20;
const MINUTE_MS = 60_000;
/** Any moment will do, as long as it is the same in every run. */
export const START_MS = Date.UTC(2026, 0, 1);

/** A small generator with a state (mulberry32), so that runs can be compared. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split(" ");

function word(rank: number): string {
  let text = "";
  for (let rest = rank + SYLLABLES.length; rest > 0; rest = Math.floor(rest / SYLLABLES.length)) {
    text += SYLLABLES[rest % SYLLABLES.length];
  }
  return text;
}

/** Rank of a word by Zipf's law: the first stand in nearly every text. */
function zipf(random: () => number): number {
  return Math.min(VOCABULARY - 1, Math.floor(VOCABULARY ** random()) - 1);
}

function text(random: () => number, topic: number, count: number): string {
  const words: string[] = [];
  for (let i = 0; i < count; i++) {
    const rank =
      random() < TOPIC_SHARE
        ? 200 + ((topic * 7919 + Math.floor(random() * WORDS_PER_TOPIC) * 104_729) % 29_000)
        : zipf(random);
    words.push(word(rank));
  }
  return words.join(" ");
}

/** The delivery of this number: twenty observations and the summary of a turn. */
export function deliveryOf(batch: number): Delivery {
  const random = randomOf(batch);
  const session = `claude-code/bench-${Math.floor(batch / 5)}`;
  const stamp = {
    session,
    agent: "claude-code",
    actor: "bench",
    ...NO_PLACE,
    branch: "main",
    prompt_number: batch % 5,
    created_at: START_MS + batch * OBSERVATIONS_PER_DELIVERY * MINUTE_MS,
    provider: "extractive",
    model: null,
    degraded: null,
  };
  const observations: NewObservation[] = [];
  for (let i = 0; i < OBSERVATIONS_PER_DELIVERY; i++) {
    const topic = Math.floor(random() * TOPICS);
    observations.push({
      ...stamp,
      created_at: stamp.created_at + i * MINUTE_MS,
      type: OBSERVATION_TYPES[Math.floor(random() * OBSERVATION_TYPES.length)] ?? "change",
      title: text(random, topic, WORDS.title),
      subtitle: "",
      narrative: text(random, topic, WORDS.narrative),
      facts: [],
      concepts: random() < 0.05 ? ["gotcha"] : [],
      sources: [`tool:${batch}-${i}`],
      index_text: text(random, topic, WORDS.index),
      files_read: [`src/area${topic}/file${Math.floor(random() * 20)}.ts`],
      files_modified: [],
    });
  }
  const topic = Math.floor(random() * TOPICS);
  const summary = {
    ...stamp,
    request: text(random, topic, 8),
    investigated: "",
    learned: text(random, topic, 20),
    completed: text(random, topic, 20),
    next_steps: text(random, topic, 10),
    sources: [`stop:${batch}`],
  };
  return { session, generation: 0, batch, observations, summaries: [summary], prompts: [] };
}

/** Questions of ten words about topics that occur, common words among them. */
export function questions(count: number): string[] {
  const random = randomOf(4711);
  return Array.from({ length: count }, () => text(random, Math.floor(random() * TOPICS), 10));
}
