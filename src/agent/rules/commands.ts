/** How a shell command ended, and with which message it failed. */
import { listed, shorten } from "./prose.ts";
import { programsOf, withoutQuoted } from "./shell.ts";

/** How a command ended, as far as its output tells. */
export interface CommandOutcome {
  state: "passed" | "failed" | "unknown";
  /** The line that says best what went wrong; null where nothing did. */
  message: string | null;
  /** The line of totals that test runners and linters print last, e.g. `87 tests, 0 failures`. */
  totals: string | null;
}

/** What a check looks at. Two commands of one kind may stand for each other. */
const KINDS: [RegExp, string][] = [
  [/\b(?:commit)\b/, "commit"],
  [/\bgit push\b/, "push"],
  [
    /\b(?:tests?|spec|specs|vitest|jest|pytest|rspec|mocha|ava|phpunit|ctest|tox|nose2?|unittest|cypress|playwright|e2e)\b/,
    "test",
  ],
  [
    /\b(?:lint|eslint|biome|oxlint|clippy|credo|ruff|flake8|pylint|rubocop|shellcheck|stylelint|golangci-lint|ktlint|detekt|checkstyle)\b/,
    "lint",
  ],
  [/\b(?:tsc|typecheck|type-check|mypy|pyright|dialyzer|sorbet|flow|types)\b/, "types"],
  [/\b(?:format|fmt|prettier|black|gofmt|rustfmt|gofumpt)\b/, "format"],
  [
    /\b(?:build|compile|assemble|bundle|make|cmake|ninja|gradle|gradlew|mvn|webpack|vite|javac|gcc|clang|rustc)\b/,
    "build",
  ],
  [/\b(?:check|vet|precommit|pre-commit|quality|ci|verify|validate|audit)\b/, "check"],
];

/** The kind of check that the first telling program of a command is; null where it is none. */
export function checkKind(programs: readonly string[]): string | null {
  const line = programs.join(" ; ").toLowerCase();
  return KINDS.find(([form]) => form.test(line))?.[1] ?? null;
}

/** True where the command checks the code: tests, compilers, linters, type checkers. */
function verifies(command: string): boolean {
  const kind = checkKind(programsOf(command));
  return kind !== null && kind !== "commit" && kind !== "push";
}

/** The subject of the commit that a command made, from git's own answer `[branch 1a2b3c4] subject`. */
export function commitOf(output: string): { branch: string; hash: string; subject: string } | null {
  const made = /^\[([^\]\n]{1,120}?)(?: \(root-commit\))? ([0-9a-f]{7,40})\] (.{1,200})$/m.exec(
    output,
  );
  return made?.[1] && made[2] && made[3]
    ? { branch: made[1], hash: made[2], subject: made[3].trim() }
    : null;
}

const TOTALS =
  /\b\d{1,7} (?:tests?|doctests?|specs?|examples?|passed|failed|failures?|passing|failing|errors?|issues?|warnings?|problems?|assertions?|vulnerabilities)\b|\bfound no issues\b|\btest result:|\b(?:errors?|failures?|failed)\s{0,2}[:=]\s{0,2}\d/i;

/** Signs of a failure in a line, the surest first. */
const FAILURE_SIGNS = [
  /^\s{0,12}(?:\*\* \(|E\s{2,8}\S|panic:|fatal:|Uncaught |Traceback)/,
  /\b[A-Z][A-Za-z]{2,40}(?:Error|Exception)\b/,
  /^[\w@./\\-]{1,160}\.\w{1,6}[:(]\d{1,6}[:,)]|^[┃│]?\s{0,4}\[[A-Z]\] \S|^\s{0,8}\d{1,6}:\d{1,5}\s{1,8}(?:error|warning)\b/,
  /(?:^|[\s[(])(?:error|fatal|failed|erreur|fehler|错误|ошибка|エラー)(?:\[[A-Z0-9]{1,10}\])?[:：\])!]/i,
  /\b(?:undefined|unresolved|cannot|can't|could not|couldn't|not found|no such|denied|rejected|refused|unsupported|invalid|unexpected|mismatch|missing|does not exist|timed out|too complex|not formatted)\b/i,
  /\b(?:error|failure|failed|fail|exception)\b|失败|失敗/i,
];

const NO_FAILURE =
  /\b(?:0|no) (?:failures?|errors?|failed|issues)\b|warnings? as errors|\b(?:errors?|failures?)\s{0,2}[:=]\s{0,2}0\b/i;

/** Lines that report how a run goes on, never what is wrong. */
const PROGRESS =
  /^\s{0,8}(?:compiling|generated|generating|running|getting|checking|finished|randomized|please report|==>|warning: redefining|\[info\]|\d{2}:\d{2}:\d{2}\.\d{3} \[(?:info|debug|warning)\]|total errors|use `|npm (?:err|error)!? (?:code|errno|path|a complete log)|\[output truncated)/i;

/** Only says that something failed, not what. */
const ANNOUNCEMENT =
  /^\s{0,8}(?:Error: )?(?:Exit code \d{1,3}|Command failed.{0,40}|.{0,60}validation failed:?|.{0,40}hook.{0,20}(?:failed|exited).{0,30})\s{0,4}$/i;

/** Says that what is wrong stands elsewhere, above as a rule. */
const ELSEWHERE =
  /\berrors? (?:have|has) been logged\b|\b(?:aborting )?due to (?:\d{1,5} |the )?previous errors?\b|\bsee (?:the )?(?:errors?|output|log|messages?) above\b|^\s{0,8}g?make(?:\[\d{1,3}\])?: \*{3} |\b(?:script|command|process|task) .{0,80}\bexited with\b|\bELIFECYCLE\b/i;

/** Longest block that a message is made of, in lines. */
const BLOCK_LINES = 7;

function isRule(line: string): boolean {
  return /^[\s\-=_*┃│┌└─━╭╰~^.·]*$/.test(line);
}

/** A line without the frame that tools draw around it. */
function unframed(line: string): string {
  return line
    .replace(/^\s{0,8}(?:Error: )?Exit code \d{1,3}:?/, "")
    .replace(/^E\s{2,8}(?=\S)/, "")
    .replace(/^(?:[\s│┃└─>*|]|\[[A-Z]\] [→↘↗↑↓] |\((?:Mix|EXIT)\) ){1,14}/, "")
    .trim();
}

/** A short line, or one that announces, with the lines of its block. */
function withBlock(at: number, lines: readonly string[], max: number): string {
  let text = unframed(lines[at] ?? "");
  for (let i = at + 1; i <= at + BLOCK_LINES && text.length < max * 0.55; i += 1) {
    const line = lines[i];
    if (line === undefined || /^\[[A-Z][A-Z _-]{2,24}\]$/.test(line.trim())) break;
    if (isRule(line)) {
      if (/[-=_─━]{3}/.test(line)) break;
      continue;
    }
    if (/^\s{0,12}\(\S{1,40} \S{1,12}\) |^\s{0,8}at \S/.test(line)) break;
    // What counts or names what ran says nothing more of what is wrong.
    if (/^\s{0,12}(?:-->|\d{1,6} \|)/.test(line)) break;
    if (i > at && (TOTALS.test(line) || /^\s{0,4}(?:FAIL|ok|PASS)\b/.test(line))) break;
    text = `${text} ${unframed(line)}`;
  }
  return text;
}

/** The first line of `output` that says something, with what it announces; empty without any. */
export function firstLine(output: string): string {
  const lines = output.replaceAll("\\n", "\n").split("\n", 200);
  const at = lines.findIndex(
    (line) => /\p{L}{3}/u.test(line) && !ANNOUNCEMENT.test(line) && !PROGRESS.test(line),
  );
  return at === -1 ? "" : withBlock(at, lines, 120);
}

/** The words of `output` that say best what failed, at most `max` characters; null without any. */
export function failureMessage(output: string, max: number): string | null {
  const lines = output
    .slice(0, 200_000)
    // Hooks and tools wrap their messages into JSON.
    .replaceAll("\\n", "\n")
    .split("\n", 4_000)
    .filter((line) => line.length < 1_000);
  const worth = (line: string) =>
    /\p{L}{2}/u.test(line) &&
    !NO_FAILURE.test(line) &&
    !PROGRESS.test(line) &&
    !ANNOUNCEMENT.test(line) &&
    !ELSEWHERE.test(line);
  for (const sign of FAILURE_SIGNS) {
    const at = lines.findIndex((line) => worth(line) && sign.test(line));
    if (at === -1) continue;
    const said = withBlock(at, lines, max);
    // The innermost error of a chain names the cause.
    const inner = lines
      .slice(at + 1, at + 8)
      .findIndex(
        (line) =>
          /^\s{2,12}\*\* \([A-Z]|^\s{0,8}(?:Caused by|caused by):? /.test(line) &&
          /Error|Exception/.test(line),
      );
    if (inner === -1) return shorten(said, max);
    return shorten(`${withBlock(at + 1 + inner, lines, max / 2)} (${shorten(said, max / 3)})`, max);
  }
  return null;
}

/** The last line of totals in `output`, or null. */
function totalsOf(output: string): string | null {
  const lines = output
    .split("\n")
    .slice(-120)
    .filter((line) => line.length < 300);
  const line = lines.findLast((candidate) => TOTALS.test(candidate));
  return line === undefined ? null : shorten(line, 100);
}

/** True where the totals count something that went wrong. */
function totalsFailed(totals: string): boolean {
  return (
    /(?<![\d.])[1-9]\d{0,6} (?:failed|failures?|failing|errors?|problems?)\b/i.test(totals) ||
    /\b(?:errors?|failures?|failed)\s{0,2}[:=]\s{0,2}[1-9]/i.test(totals)
  );
}

/** Lines by which a check says that it failed, where its exit code was lost in a pipe. */
const HIDDEN_FAILURE =
  /(?:^|\n)\s{0,8}(?:\*\* \(|error(?:\[\w{1,8}\])?:|FAIL(?:ED)?[ :]|npm err)|exit (?:status|code) [1-9]|\bfound [1-9]\d{0,5} (?:\w{1,20} ){0,3}(?:errors?|issues?|problems?|opportunit|warnings?)/i;

/** How a command ended; `failed` is what the agent itself reported of the call. */
export function outcomeOf(command: string, output: string, failed: boolean): CommandOutcome {
  const checks = verifies(command) && !/\[goes on in the background/.test(output);
  const totals = checks ? totalsOf(output) : null;
  const broken = failed || (checks && totals !== null && totalsFailed(totals));
  // A check's output piped through `tail` hides the exit code: then only an error line tells.
  if (broken || (checks && HIDDEN_FAILURE.test(output))) {
    return { state: "failed", message: failureMessage(output, 240), totals };
  }
  const made = commitOf(output) !== null || checkKind(mainPrograms(programsOf(command))) === "push";
  // What a filter let through says nothing of what it was given.
  const filtered =
    totals === null &&
    /\|\s*(?:grep|rg|awk|sed|cut|wc|jq|sort|uniq)\b/.test(withoutQuoted(command));
  if (filtered && !made) return { state: "unknown", message: null, totals };
  return { state: checks || made ? "passed" : "unknown", message: null, totals };
}

/** The checks that a failed command's output says it ran into, with what each of them said. */
export function failedParts(output: string): { label: string; text: string }[] {
  const text = output.replaceAll("\\n", "\n");
  const parts: { label: string; text: string }[] = [];
  // `[LABEL]`, `✖ name:`, `name.......Failed`: hooks, lint-staged, pre-commit.
  const form =
    /^(?:\[([A-Z][A-Z0-9 _-]{2,24})\]|[✖✗×] ([\w@./ -]{2,40}):?|([\w@./ -]{2,60}?)\.{3,80}Failed)[^\n]*$/gmu;
  const found = [...text.matchAll(form)];
  for (const [i, match] of found.entries()) {
    const label = (match[1] ?? match[2] ?? match[3] ?? "").trim();
    const from = match.index + match[0].length;
    // A label may be followed by its message on the same line.
    const rest = match[1] === undefined ? "" : match[0].slice(match[0].indexOf("]") + 1);
    parts.push({ label, text: `${rest}\n${text.slice(from, found[i + 1]?.index)}` });
  }
  return parts;
}

/** The programs that a command is about: of `git add -A && git commit` the commit. */
export function mainPrograms(programs: readonly string[]): string[] {
  const aside =
    /^(?:git (?:add|status|diff|log|stash|show|branch|checkout|rev-parse)|rm|cp|mv|touch|chmod|curl|jq|-)$/;
  const main = programs.filter((program) => !aside.test(program));
  const commits = main.filter((program) => checkKind([program]) === "commit");
  if (commits.length > 0) return commits;
  return main.length > 0 ? main : [...programs];
}

/** A check as a summary names it: the last two programs of its line. */
export function checkName(programs: readonly string[]): string {
  return listed(mainPrograms(programs).slice(-2), 2);
}

/** What may make a failure go away: a program's word that changes something. */
const REMEDY =
  /\b(?:install|add|update|upgrade|get|format|fmt|fix|write|migrate|reset|restart|start|stop|up|down|clean|rebuild|generate|codegen|init|rm|mv|cp|chmod|chown|mkdir|ln|kill|pull|checkout|restore|stash|rebase|merge|ci|link|unlink|export|set|enable|disable|apply)\b/;
const MENDS = /\bsed\s+-i|--(?:fix|write|force)\b/;

/** True for a command that changes something by which a failure may go away; others only look. */
export function isRemedy(command: string): boolean {
  const line = withoutQuoted(command);
  if (MENDS.test(line)) return true;
  const programs = programsOf(command).filter(
    (each) => !/^(?:git (?:add|commit|push)|cd)\b/.test(each),
  );
  const kind = checkKind(programs);
  // A check finds out; it repairs nothing.
  if (kind !== null && kind !== "format") return false;
  return REMEDY.test(programs.join(" "));
}
