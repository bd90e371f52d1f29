/** Recorded streams of hook payloads: `{"at": <ISO time>, "hook": <payload>}`, one a line. */
import { z } from "zod";

const LineSchema = z.object({
  at: z.iso.datetime({ offset: true }),
  hook: z.record(z.string(), z.unknown()),
});

export interface RecordedHook {
  /** Line of the file, from 1. */
  line: number;
  /** ISO time. */
  at: string;
  payload: Record<string, unknown>;
}

export interface Recording {
  hooks: RecordedHook[];
  /** What is wrong with lines that are left out, as `<line>: <reason>`. */
  bad: string[];
}

/** Reads a whole file's text. Empty lines are nothing; others that do not fit are listed. */
export function readRecording(text: string): Recording {
  const hooks: RecordedHook[] = [];
  const bad: string[] = [];
  text.split("\n").forEach((raw, index) => {
    if (raw.trim() === "") return;
    const line = index + 1;
    let value: unknown;
    try {
      value = JSON.parse(raw);
    } catch (error) {
      bad.push(`${line}: not JSON (${(error as Error).message})`);
      return;
    }
    const parsed = LineSchema.safeParse(value);
    if (parsed.success) {
      hooks.push({ line, at: parsed.data.at, payload: parsed.data.hook });
    } else {
      const issue = parsed.error.issues[0];
      bad.push(`${line}: ${issue?.path.join(".") || "line"}: ${issue?.message}`);
    }
  });
  return { hooks, bad };
}
