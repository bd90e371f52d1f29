/**
 * Conversations in LoCoMo's public form (Maharana et al., "Evaluating Very Long-Term Conversational
 * Memory of LLM Agents", ACL 2024; `locomo10.json`): turns by session, and questions with the turns
 * that answer them.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";

export interface Turn {
  /** `D<session>:<n>`. */
  id: string;
  session: number;
  /** `Caroline: Hey Mel!`, and what is seen on a shared picture. */
  text: string;
}

export interface Question {
  text: string;
  /** LoCoMo's number of the kind of question: 1 multi-hop … 5 adversarial. */
  category: number;
  /** Ids of the turns that hold the answer; never empty. */
  gold: string[];
}

export interface Conversation {
  id: string;
  /** In the order of the conversation. */
  turns: Turn[];
  questions: Question[];
}

const TurnSchema = z.looseObject({
  speaker: z.string(),
  dia_id: z.string(),
  text: z.string(),
  blip_caption: z.string().nullish(),
});

const SampleSchema = z.looseObject({
  sample_id: z.coerce.string(),
  conversation: z.record(z.string(), z.unknown()),
  qa: z.array(
    z.looseObject({
      question: z.coerce.string(),
      category: z.coerce.number(),
      evidence: z.array(z.string()).nullish(),
    }),
  ),
});

/** Throws an Error that names what is wrong with the file. */
export function readConversations(path: string): Conversation[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`cannot read ${path}: ${(error as Error).message}`);
  }
  return parseConversations(json);
}

/** Reads samples. Questions without a turn of the conversation as evidence are left out. */
export function parseConversations(json: unknown): Conversation[] {
  const samples = z.array(SampleSchema).safeParse(json);
  if (!samples.success) {
    throw new Error(`this is no list of LoCoMo's samples: ${z.prettifyError(samples.error)}`);
  }
  return samples.data.map(({ sample_id, conversation, qa }) => {
    const turns = turnsOf(conversation);
    const known = new Set(turns.map(({ id }) => id));
    const questions = qa.flatMap(({ question, category, evidence }): Question[] => {
      const gold = evidenceIds(evidence ?? []).filter((id) => known.has(id));
      return gold.length === 0 ? [] : [{ text: question, category, gold }];
    });
    return { id: sample_id, turns, questions };
  });
}

function turnsOf(conversation: Record<string, unknown>): Turn[] {
  const sessions = Object.entries(conversation)
    .flatMap(([name, value]) => {
      const number = /^session_(\d+)$/.exec(name)?.[1];
      return number === undefined ? [] : [{ number: Number(number), value }];
    })
    .sort((a, b) => a.number - b.number);
  return sessions.flatMap(({ number, value }) =>
    z
      .array(TurnSchema)
      .parse(value)
      .map((turn) => {
        const [id = turn.dia_id] = evidenceIds([turn.dia_id]);
        const caption = turn.blip_caption ? ` [shares a picture: ${turn.blip_caption}]` : "";
        return { id, session: number, text: `${turn.speaker}: ${turn.text}${caption}` };
      }),
  );
}

/**
 * Ids of turns in the annotators' notes, each once: some entries name several ("D8:6; D9:17") and
 * some carry leading zeros ("D30:05").
 */
export function evidenceIds(evidence: string[]): string[] {
  const ids = evidence.flatMap((entry) =>
    [...entry.matchAll(/D(\d+):(\d+)/g)].map(([, day, n]) => `D${Number(day)}:${Number(n)}`),
  );
  return [...new Set(ids)];
}

/** The session of a turn's id. */
export function sessionOf(id: string): string {
  return id.slice(0, id.indexOf(":"));
}
