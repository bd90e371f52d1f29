/** Recorded sessions and the questions about them, as `data/README.md` of the data set describes them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One line of a recording: a hook payload and the time it was posted. */
export interface RecordedHook {
  at: string;
  hook: Record<string, unknown>;
}

export interface RecordedSession {
  /** The agent's own session id. */
  id: string;
  hooks: RecordedHook[];
}

export interface RecallQuestion {
  id: string;
  session: string;
  kind: string;
  question: string;
  /** Event keys that hold the answer. */
  gold: string[];
}

function readLines<T>(file: string): T[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as T);
}

/** All `claude-code-sessions/*.jsonl` of a data folder, in the order of their names. */
export function readSessions(folder: string): RecordedSession[] {
  const sessions = join(folder, "claude-code-sessions");
  return readdirSync(sessions)
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .map((name) => {
      const hooks = readLines<RecordedHook>(join(sessions, name));
      return { id: String(hooks[0]?.hook.session_id ?? name), hooks };
    });
}

/** The questions of `recall-questions.jsonl`. */
export function readQuestions(folder: string): RecallQuestion[] {
  return readLines<RecallQuestion>(join(folder, "recall-questions.jsonl"));
}
