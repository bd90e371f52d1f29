/** The whole path: hooks in over HTTP, questions out over `/v1/search`. */
import { call } from "../../src/cli/api.ts";
import { replay } from "../../src/cli/replay/replay.ts";
import type { Target } from "../../src/cli/target.ts";
import { SearchAnswerSchema } from "../../src/contract/recall.ts";
import { CLAUDE_CODE } from "../../src/hooks/claude-code/dialect.ts";
import { parseSessionPath } from "../../src/memory/session-name.ts";
import type { RecallQuestion, RecordedSession } from "./recorded-sessions.ts";
import type { Found } from "./score.ts";

/** Sends the recordings as hooks of one project and waits until all of them are processed. */
export async function fillMemory(
  target: Target,
  sessions: RecordedSession[],
  project: string,
): Promise<void> {
  const files = sessions.map(({ file }) => file);
  const options = {
    agent: CLAUDE_CODE,
    project,
    speed: Number.POSITIVE_INFINITY,
    sessionSuffix: "",
  };
  const whole = await replay(target, files, options, () => {});
  if (!whole) throw new Error("the server refused a part of the recordings");
}

/**
 * The answers of `/v1/search` to every question, best first, at most `limit` each. A question is
 * asked with its phrasings by its id, where there are any.
 */
export async function askServer(
  target: Target,
  questions: RecallQuestion[],
  project: string,
  limit: number,
  phrasings: ReadonlyMap<string, string> = new Map(),
): Promise<Found[][]> {
  const answers: Found[][] = [];
  for (const { id, question } of questions) {
    const second = phrasings.get(id);
    const query = { q: second === undefined ? [question] : [question, second], project, limit };
    const { items } = await call(target, "search", SearchAnswerSchema, { query });
    answers.push(
      items.map((item) => ({
        session: parseSessionPath(item.session)?.sessionId ?? "",
        sources: item.sources,
        characters: JSON.stringify(item).length,
      })),
    );
  }
  return answers;
}
