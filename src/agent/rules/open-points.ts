/** What is left to do, and what of it is done: by its own words or by a command that it names. */
import type { ClosedPoint, KnownOpenPoint } from "../provider.ts";
import { failedName } from "./failures.ts";
import type { OpenFailure } from "./open-work.ts";
import { looksLikeInstruction, shorten } from "./prose.ts";
import { bare } from "./words.ts";

const POINT_MAX = 240;
const POINTS_PER_CLOSING = 8;
/** Share of a point's own words that has to be said for it to be done. */
const SAME_WORDS = 0.7;

/** Points of a closing message as they are kept. */
export function openPointsFrom(next: readonly string[]): string[] {
  const points = next.filter(
    (point) => point.length > 5 && !/\bignore\b.{0,30}\binstructions\b/i.test(point),
  );
  return [...new Set(points.map((point) => shorten(point, POINT_MAX)))]
    .filter((point) => !looksLikeInstruction(point) || point.length < 120)
    .slice(0, POINTS_PER_CLOSING);
}

const COMMON = new Set(
  "the and for with from that this into have has was were are not but its then them their also only when which will would should could need needs still more all any per via add added update updated make made".split(
    " ",
  ),
);

function ownWords(text: string): Set<string> {
  const flat = bare(text);
  const words = flat.split(" ").filter((word) => word.length > 2 && !COMMON.has(word));
  // A script without spaces: its pairs of letters stand for words.
  const pairs = [...flat.matchAll(/[\p{Lo}]{2,}/gu)].flatMap(([run]) =>
    Array.from({ length: run.length - 1 }, (_, i) => run.slice(i, i + 2)),
  );
  return new Set([...words, ...pairs]);
}

/** True where `said`, which tells of something done, says the point in its own words. */
export function isDoneBy(point: string, said: string): boolean {
  const own = ownWords(point);
  if (own.size < 2) return false;
  const there = ownWords(said);
  const shared = [...own].filter((word) => there.has(word)).length;
  return shared / own.size >= SAME_WORDS && shared >= Math.min(3, own.size);
}

/** Names of tasks as trackers give them: `#12`, `ABC-123`, `proj-4te.3`. */
function taskNames(text: string): string[] {
  return (
    text.match(
      /(?<![\p{L}\p{N}/.-])(?:#\d{1,7}|[A-Z]{2,10}-\d{1,7}|[a-z]{2,20}-[a-z0-9]{2,8}(?:\.\d{1,3})?(?=[\s:,)]|$))/gu,
    ) ?? []
  );
}

/** A command that closes a task of a tracker. */
const CLOSES = /\b(?:close|done|complete|finish|resolve)\b/i;

/**
 * Points that a passing command or a commit closes: one that closes the task which the point
 * names, one that the point itself names, or a commit that says it in its words.
 */
export function closedByCommand(
  points: readonly KnownOpenPoint[],
  command: { subject: string; key: string },
  message: string | null,
): ClosedPoint[] {
  return points.flatMap(({ text }, index) => {
    const names = taskNames(text.slice(0, 80));
    const closesTask =
      CLOSES.test(command.subject) &&
      names.some((name) =>
        new RegExp(
          `(?<![\\w.-])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-]|\\.\\d)`,
        ).test(command.subject),
      );
    const quoted = [...text.matchAll(/`([^`\n]{4,80})`/g)].map(([, name = ""]) => name);
    const runsIt = quoted.some((name) => /\s/.test(name) && command.subject.includes(name));
    const says = message !== null && isDoneBy(text, message);
    return closesTask || runsIt || says ? [{ index, proof: command.key }] : [];
  });
}

/** Points that a closing message says to be done. */
export function closedByWords(
  points: readonly KnownOpenPoint[],
  done: readonly string[],
  key: string,
): ClosedPoint[] {
  return points.flatMap(({ text }, index) =>
    done.some((said) => isDoneBy(text, said)) ? [{ index, proof: key }] : [],
  );
}

/** How a point about commits that were not pushed begins: a push closes it. */
const UNPUSHED = "Not pushed:";

/** The point of commits that no push was seen for, oldest first; null without any. */
export function unpushedPoint(commits: readonly { branch: string; hash: string }[]): string | null {
  const newest = commits.at(-1);
  if (newest === undefined) return null;
  const hashes = commits.map(({ hash }) => hash.slice(0, 9)).join(", ");
  const count = commits.length === 1 ? "1 commit" : `${commits.length} commits`;
  return `${UNPUSHED} ${count} on branch ${newest.branch} (${hashes}) ${commits.length === 1 ? "was" : "were"} not pushed or merged when the turn ended.`;
}

export function isUnpushedPoint({ text }: KnownOpenPoint): boolean {
  return text.startsWith(UNPUSHED);
}

/** The point of a check that still failed when its turn ended. */
export function stillFailsPoint(failure: OpenFailure): string {
  const tried =
    failure.attempts.length > 0 ? ` Tried without success: ${failure.attempts.join("; ")}.` : "";
  return `${stillFails(failure)}: ${shorten(failure.message, 160)}.${tried}`;
}

/** How such a point begins: the check's pass closes it. */
export function stillFails(failure: OpenFailure): string {
  return `${failedName(failure)} still failed`;
}
