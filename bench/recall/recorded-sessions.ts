/** Recorded sessions and the questions about them, as the data set's README describes them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type RecordedHook, readRecording } from "../../src/cli/replay/recording.ts";

export interface RecordedSession {
  /** The agent's own session id. */
  id: string;
  file: string;
  hooks: RecordedHook[];
}

const QuestionSchema = z.object({
  id: z.string(),
  session: z.string(),
  kind: z.string(),
  question: z.string(),
  /** Event keys that hold the answer. */
  gold: z.array(z.string()).min(1),
});
export type RecallQuestion = z.infer<typeof QuestionSchema>;

/** All `claude-code-sessions/*.jsonl` of a data folder, one session each, by their names. */
export function readSessions(folder: string): RecordedSession[] {
  const sessions = join(folder, "claude-code-sessions");
  return readdirSync(sessions)
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .flatMap((name) => readSession(join(sessions, name)));
}

/** The session of one file; none where the file has no hook. */
export function readSession(file: string): RecordedSession[] {
  const { hooks } = readRecording(readFileSync(file, "utf8"));
  const id = hooks[0]?.payload.session_id;
  return typeof id !== "string" ? [] : [{ id, file, hooks }];
}

/** The questions of `recall-questions.jsonl`. */
export function readQuestions(folder: string): RecallQuestion[] {
  return readFileSync(join(folder, "recall-questions.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => QuestionSchema.parse(JSON.parse(line)));
}

const PhrasingSchema = z.object({ id: z.string(), phrasing: z.string() });

/** A second phrasing of each question by its id, from a file of lines. */
export function readPhrasings(file: string): Map<string, string> {
  const lines = readFileSync(file, "utf8").split("\n");
  return new Map(
    lines
      .filter((line) => line.trim() !== "")
      .map((line) => PhrasingSchema.parse(JSON.parse(line)))
      .map(({ id, phrasing }) => [id, phrasing]),
  );
}
