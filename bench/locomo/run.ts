/** All conversations through both ways of searching, question by question. */
import { FullTextIndex } from "../recall/full-text.ts";
import { type Conversation, sessionOf } from "./dataset.ts";
import { type Document, type Server, saveAll, search } from "./memory.ts";
import { type Answer, rollUp } from "./score.ts";

/** Conversations at a time: each is a project of its own, so they do not wait for each other. */
const PARALLEL = 2;
const BASELINE_HITS = 50;

/** What is ranked, by what, and how a list of turns becomes one of sessions. */
export const WAYS = [
  { name: "turns", level: "turn" },
  { name: "sessions, by their best turn", level: "session" },
  { name: "sessions, saved whole", level: "session" },
] as const;
export type Way = (typeof WAYS)[number]["name"];
export const SYSTEMS = ["Cairn", "FTS5 porter"] as const;
export type System = (typeof SYSTEMS)[number];

export interface Run {
  answers: Record<System, Record<Way, Answer[]>>;
  /** Of each question among the turns, in Cairn. */
  milliseconds: number[];
  documents: number;
  saveMilliseconds: number;
}

export async function run(
  server: Server,
  conversations: Conversation[],
  progress: (line: string) => void,
): Promise<Run> {
  const none = (): Record<Way, Answer[]> => ({
    turns: [],
    "sessions, by their best turn": [],
    "sessions, saved whole": [],
  });
  const result: Run = {
    answers: { Cairn: none(), "FTS5 porter": none() },
    milliseconds: [],
    documents: 0,
    saveMilliseconds: 0,
  };
  const waiting = [...conversations];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await runConversation(server, next, result);
      progress(`${next.id}: ${next.turns.length} turns, ${next.questions.length} questions`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return result;
}

async function runConversation(
  server: Server,
  conversation: Conversation,
  result: Run,
): Promise<void> {
  const turns = conversation.turns.map(({ id, text }) => ({ name: id, text }));
  const sessions = wholeSessions(conversation);
  const project = `locomo/${conversation.id}`;
  const startedAt = performance.now();
  const turnNames = await saveAll(server, project, turns);
  const sessionNames = await saveAll(server, `${project}-sessions`, sessions);
  result.saveMilliseconds += performance.now() - startedAt;
  result.documents += turns.length + sessions.length;
  const turnIndex = fullText(turns);
  const sessionIndex = fullText(sessions);
  for (const { text, category, gold } of conversation.questions) {
    const goldSessions = rollUp(gold, sessionOf);
    const note = (system: System, ofTurns: string[], ofSessions: string[]) => {
      const answers = result.answers[system];
      answers.turns.push({ category, gold, ranked: ofTurns });
      const byBestTurn = rollUp(ofTurns, sessionOf);
      answers["sessions, by their best turn"].push({
        category,
        gold: goldSessions,
        ranked: byBestTurn,
      });
      answers["sessions, saved whole"].push({ category, gold: goldSessions, ranked: ofSessions });
    };
    const found = await search(server, project, turnNames, text);
    result.milliseconds.push(found.milliseconds);
    const whole = await search(server, `${project}-sessions`, sessionNames, text);
    note("Cairn", found.ranked, whole.ranked);
    note(
      "FTS5 porter",
      turnIndex.search(text, BASELINE_HITS),
      sessionIndex.search(text, BASELINE_HITS),
    );
  }
}

function wholeSessions({ turns }: Conversation): Document[] {
  const texts = new Map<string, string[]>();
  for (const { id, text } of turns) {
    const session = texts.get(sessionOf(id)) ?? [];
    session.push(text);
    texts.set(sessionOf(id), session);
  }
  return [...texts].map(([name, lines]) => ({
    name,
    title: `Session ${name}`,
    text: lines.join("\n"),
  }));
}

function fullText(documents: Document[]): FullTextIndex<string> {
  return new FullTextIndex(
    [1],
    documents.map(({ name, text }) => ({ fields: [text], result: name })),
  );
}
