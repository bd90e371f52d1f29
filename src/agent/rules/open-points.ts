/** What is left to do, and what of it is done: by its own words or by a command that it names. */
import type { ClosedPoint, KnownOpenPoint } from "../provider.ts";
import type { Activity } from "./activity.ts";
import { checkKind, mainPrograms } from "./commands.ts";
import { covers, failedName } from "./failures.ts";
import type { OpenFailure } from "./open-work.ts";
import { looksLikeInstruction, shorten } from "./prose.ts";
import { programsOf, withoutQuoted } from "./shell.ts";
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

/** Share of the longer of two forms of a word that they begin with: `remove` and `removed`. */
const SAME_BEGINNING = 0.7;

/** True for forms of one word in a script with letters: they begin alike. */
function isSameWord(a: string, b: string): boolean {
  if (a === b) return true;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  const least = Math.max(4, Math.ceil(long.length * SAME_BEGINNING));
  return short.length >= least && long.startsWith(short.slice(0, least));
}

/** True where `said` says the point in its own words, whatever it says of it. */
export function saysPoint(point: string, said: string): boolean {
  const own = ownWords(point);
  if (own.size < 2) return false;
  const there = [...ownWords(said)];
  const shared = [...own].filter((word) => there.some((each) => isSameWord(word, each))).length;
  return shared / own.size >= SAME_WORDS && shared >= Math.min(3, own.size);
}

/** Words by which a sentence may say that something is not done, or only asked, planned or possible. */
const UNDONE_WORDS = [
  "not|cannot|never|no longer|without|un(?:able|done|finished|resolved)|still|yet|later|remain\\w*|left|pending|skip\\w*|block\\w*|tried|fail\\w*|instead",
  "can|could|should|would|will|must|needs?|wants?|plan(?:s|ned)?|todo|if|unless|until|wait(?:s|ing)?",
  "nicht|kein\\w*|noch|ohne|später|kann|könnte\\w*|soll\\w*|muss|müsste\\w*|wird|wenn|falls",
  "pas|jamais|encore|sans|peut|doit|faut|sin|aún|todavía|nunca|puede|debe|não|ainda|sem|pode|deve",
  "non|ancora|senza|niet|geen|nog|ikke|inte|nie|jeszcze|değil|henüz|không|chưa|belum|tidak",
];
/** The same in scripts in which words have no such borders. */
const UNDONE_SIGNS =
  /n['’]t\b|[?？]\s*$|(?<!\p{L})(?:не|нет|ещё|еще|без|надо|нужно|можно|если|ні|ще|לא|لم|لا|ليس|नहीं)(?!\p{L})|没|沒|未|不|尚|还|還|无法|需要|应该|可以|如果|ない|ません|まだ|べき|안 |못|않|아직/iu;
const UNDONE = new RegExp(
  `(?<![\\p{L}\\p{N}_])(?:${UNDONE_WORDS.join("|")})(?![\\p{L}\\p{N}_])|${UNDONE_SIGNS.source}`,
  "iu",
);

/** True where `said`, which tells of something done, says the point in its own words. */
function isDoneBy(point: string, said: string): boolean {
  return saysPoint(point, said) && (!UNDONE.test(said) || UNDONE.test(point));
}

/** Names of tasks as trackers give them: `#12`, `ABC-123`, `proj-4te.3`. */
export function taskNames(text: string): string[] {
  return (
    text.match(
      /(?<![\p{L}\p{N}/.-])(?:#\d{1,7}|[A-Z]{2,10}-\d{1,7}|[a-z]{2,20}-[a-z0-9]{2,8}(?:\.\d{1,3})?(?=[\s:,)]|$))/gu,
    ) ?? []
  );
}

/** A command that closes a task of a tracker. */
const CLOSES = /\b(?:close|done|complete|finish|resolve)\b/i;

/**
 * Points that a command which passed or a commit closes: one that closes the task which the point
 * names, the check that it says had failed or what contains it, one that it quotes, or a commit that
 * says it in its words.
 */
export function closedByCommand(
  points: readonly KnownOpenPoint[],
  activity: Activity,
  message: string | null,
): ClosedPoint[] {
  const subject = withoutQuoted(activity.subject);
  // A check has to say that it passed; any other command has, where it did not fail.
  const isCheck = checkKind(mainPrograms(activity.programs)) !== null;
  const passed = activity.outcome?.state === "passed" || !isCheck;
  return points.flatMap(({ text }, index) => {
    if (isOfUnpushed(text)) return [];
    const names = taskNames(text.slice(0, 80));
    const closesTask =
      CLOSES.test(subject) &&
      names.some((name) =>
        new RegExp(
          `(?<![\\w.-])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-]|\\.\\d)`,
        ).test(subject),
      );
    const quoted = [...text.matchAll(/`([^`\n]{4,80})`/g)].map(([, name = ""]) => name);
    const runsIt =
      passed &&
      !STILL_FAILED.test(text) &&
      quoted.some((name) => /\s/.test(name) && subject.includes(name));
    const says = message !== null && isDoneBy(text, message);
    return closesTask || runsIt || says || makesPass(text, activity)
      ? [{ index, proof: activity.key }]
      : [];
  });
}

/** How the point of a check begins that still failed: its name, and its command where that says more. */
const STILL_FAILED = /^(.{1,200}?) still failed(?: \(`([^`\n]{1,130})`\))?: /;
const UNVERIFIED = /\s(?:--no-verify|-n)\b/;

/** True where the check that the point names has passed, or a command of the same program that contains it. */
function makesPass(point: string, activity: Activity): boolean {
  const [, name, line] = STILL_FAILED.exec(point) ?? [];
  if (name === undefined || activity.outcome?.state !== "passed") return false;
  const command = line ?? name.replace(/ \([^()]{1,60}\)$/, "");
  const programs = mainPrograms(programsOf(command));
  const ran = mainPrograms(activity.programs);
  if (!programs.some((program) => ran.includes(program))) return false;
  const kind = checkKind(programs);
  if (kind === "commit" && UNVERIFIED.test(activity.subject)) return false;
  return covers(activity, { command, programs, kind, named: [] });
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

/** How a point about commits that were not pushed begins. */
const UNPUSHED = "Not pushed:";

export interface MadeCommit {
  branch: string;
  hash: string;
}

/** The point of commits that no push was seen for, oldest first; null without any. */
export function unpushedPoint(commits: readonly MadeCommit[]): string | null {
  const newest = commits.at(-1);
  if (newest === undefined) return null;
  const hashes = commits.map(({ hash }) => shortHash(hash)).join(", ");
  const count = commits.length === 1 ? "1 commit" : `${commits.length} commits`;
  return `${UNPUSHED} ${count} on branch ${newest.branch} (${hashes}) ${commits.length === 1 ? "was" : "were"} not pushed or merged when the turn ended.`;
}

const shortHash = (hash: string) => hash.slice(0, 9);

/** True for a point of commits that were not pushed: newer commits and pushes are all that ends it. */
export function isOfUnpushed(point: string): boolean {
  return point.startsWith(UNPUSHED);
}

/** True for a point that one or more of these commits were not pushed. */
export function isUnpushed(point: string, commits: readonly MadeCommit[]): boolean {
  return isOfUnpushed(point) && commits.some(({ hash }) => point.includes(shortHash(hash)));
}

/** True for a point of commits that were not pushed whose branch a push names, in its line or its output. */
export function isPushedBy(point: string, push: Pick<Activity, "subject" | "text">): boolean {
  const branch = isOfUnpushed(point) ? / on branch (\S+) \(/.exec(point)?.[1] : undefined;
  if (branch === undefined) return false;
  return `${push.subject} ${push.text}`.split(/[\s:'"]+/).includes(branch);
}

/** The point of a check that still failed when its turn ended. */
export function stillFailsPoint(failure: OpenFailure): string {
  const tried =
    failure.attempts.length > 0 ? ` Tried without success: ${failure.attempts.join("; ")}.` : "";
  const command = failure.command.replaceAll("`", "'");
  // A commit is always of the whole, whatever it says.
  const isWhole = failure.kind === "commit" || command === failedName(failure);
  const line = isWhole ? "" : ` (\`${command}\`)`;
  return `${stillFails(failure)}${line}: ${shorten(failure.message, 160)}.${tried}`;
}

/** How such a point begins. */
export function stillFails(failure: OpenFailure): string {
  return `${failedName(failure)} still failed`;
}
