/** What a colleague would want told of recorded sessions, and whether a text tells it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { type RecordedSession, readSession } from "../recall/recorded-sessions.ts";

const GoldItemSchema = z.object({
  id: z.string(),
  /** outcome, finding, fix, decision, constraint, change, open_point; `wrong` must not be told. */
  kind: z.string(),
  statement: z.string(),
  sources: z.array(z.string()),
  /** Groups of alternatives. */
  words: z.array(z.array(z.string())).min(1),
  context: z.boolean().default(false),
  weight: z.number().default(1),
});
export type GoldItem = z.infer<typeof GoldItemSchema>;

export interface GoldSession {
  name: string;
  session: RecordedSession;
  good: GoldItem[];
  wrong: GoldItem[];
}

/** Sessions of `streamFolder` that `goldFolder` has a file for, by their names. */
export function readGold(goldFolder: string, streamFolder: string): GoldSession[] {
  return readdirSync(goldFolder)
    .filter((file) => file.endsWith(".jsonl") && existsSync(join(streamFolder, file)))
    .sort()
    .flatMap((file) => {
      const items = readFileSync(join(goldFolder, file), "utf8")
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => GoldItemSchema.parse(JSON.parse(line)));
      return readSession(join(streamFolder, file)).map((session) => ({
        name: basename(file, ".jsonl"),
        session,
        good: items.filter(({ kind }) => kind !== "wrong"),
        wrong: items.filter(({ kind }) => kind === "wrong"),
      }));
    });
}

/**
 * True where `text` holds, whatever the case, one alternative of every group of words but one (of
 * a group that stands twice: of both).
 */
export function tells(text: string, item: GoldItem): boolean {
  const lower = text.toLowerCase();
  const hits = item.words.filter((group) =>
    group.some((word) => lower.includes(word.toLowerCase())),
  ).length;
  return hits >= Math.max(1, item.words.length - 1);
}

/** The sum of the items' weights, at least 1 where it divides. */
export function weightOf(items: readonly GoldItem[]): number {
  return items.reduce((sum, { weight }) => sum + weight, 0);
}
