/**
 * A conversation of our own in LoCoMo's form, the same each time: small talk around things that
 * happen, and questions in other inflections of the words. It is there for machines without the
 * data, and far easier than these.
 */

const SPEAKERS = ["Nadia", "Tomas"] as const;
const SESSIONS = 20;
const SMALL_TALK_PER_FACT = 3;

const VERBS = [
  { past: "painted", asked: "paint" },
  { past: "repaired", asked: "repair" },
  { past: "sold", asked: "sell" },
  { past: "borrowed", asked: "borrow" },
  { past: "photographed", asked: "photograph" },
  { past: "carried", asked: "carry" },
];
const THINGS = [
  "a wooden canoe",
  "the garden fence",
  "an old accordion",
  "two blue bicycles",
  "a box of letters",
  "the kitchen clock",
  "a brass telescope",
  "my grandmother's loom",
  "the village sign",
  "a sack of walnuts",
];
const PLACES = [
  "at the harbour in Bergen",
  "behind the library",
  "on the way to Lisbon",
  "at my sister's farm",
  "near the railway museum",
  "in the mountains above Trento",
  "during the spring festival",
  "next to the bakery",
];
const OPENINGS = [
  "You will not believe it, but last weekend I",
  "By the way, yesterday I",
  "It took all day, and then I",
  "Guess what: on Friday I",
];
const SMALL_TALK = [
  "That sounds lovely, tell me more!",
  "Wow, how did that make you feel?",
  "I was at the library with my sister this weekend, it was so calm.",
  "We should go to the harbour together, the weather is great for it.",
  "The festival was loud, but the bakery was open and I got walnuts.",
  "My bicycle makes a noise again, I should look at it on Friday.",
  "Thanks, that means a lot to me. How was your weekend?",
  "I have been reading old letters all day, and the clock has stopped.",
  "The mountains were beautiful, I took the train back yesterday.",
  "Take care, talk to you soon!",
];

/** A small generator of numbers (mulberry32), so that every run has the same conversation. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

interface Fact {
  speaker: string;
  verb: (typeof VERBS)[number];
  thing: string;
  place: string;
  id: string;
}

/** One sample of 280 turns with 86 questions. */
export function syntheticSamples(seed = 7): unknown[] {
  const random = numbers(seed);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const facts: Fact[] = [];
  const sessions: Record<string, unknown> = {};
  for (let session = 1; session <= SESSIONS; session++) {
    const turns: { speaker: string; dia_id: string; text: string }[] = [];
    const say = (text: string) => {
      const speaker = SPEAKERS[turns.length % 2] as string;
      const dia_id = `D${session}:${turns.length + 1}`;
      turns.push({ speaker, dia_id, text });
      return { speaker, id: dia_id };
    };
    for (let fact = 0; fact < 4; fact++) {
      const told = { verb: pick(VERBS), thing: pick(THINGS), place: pick(PLACES) };
      const { speaker, id } = say(
        `${pick(OPENINGS)} ${told.verb.past} ${told.thing} ${told.place}.`,
      );
      facts.push({ ...told, speaker, id });
      for (let i = 0; i < SMALL_TALK_PER_FACT - (fact % 2); i++) say(pick(SMALL_TALK));
    }
    sessions[`session_${session}`] = turns;
    sessions[`session_${session}_date_time`] = `${session} May, 2026`;
  }
  const [speaker_a, speaker_b] = SPEAKERS;
  return [
    {
      sample_id: "synthetic",
      conversation: { speaker_a, speaker_b, ...sessions },
      qa: questionsOf(facts),
    },
  ];
}

function questionsOf(facts: Fact[]) {
  const asked = new Map<string, { question: string; category: number; evidence: string[] }>();
  const ask = (question: string, category: number, matches: (fact: Fact) => boolean) => {
    if (asked.has(question)) return;
    const evidence = facts.filter(matches).map(({ id }) => id);
    asked.set(question, { question, category, evidence });
  };
  const bare = (text: string) => text.replace(/^(?:an?|the|my) /, "");
  for (const { speaker, verb, thing, place } of facts) {
    ask(
      `Where did ${speaker} ${verb.asked} the ${bare(thing)}?`,
      4,
      (fact) => fact.speaker === speaker && fact.verb === verb && fact.thing === thing,
    );
    ask(
      `What did ${speaker} do ${place.replace("my", "the")}?`,
      1,
      (fact) => fact.speaker === speaker && fact.place === place,
    );
    ask(
      `Which things has ${speaker} ever ${verb.past}?`,
      1,
      (fact) => fact.speaker === speaker && fact.verb === verb,
    );
  }
  return [...asked.values()];
}
