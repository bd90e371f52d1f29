/** What a shell command was for, whether it worked, and with which message it failed. */
import { shorten } from "./prose.ts";

/** How a command ended, as far as its output tells. */
export interface CommandOutcome {
  state: "passed" | "failed" | "unknown";
  /** The line that says best what went wrong; null where nothing did. */
  message: string | null;
  /** The line of totals that test runners and linters print last, e.g. `87 tests, 0 failures`. */
  totals: string | null;
}

/** Parts of a command line that say nothing about what it is for. */
const SUPPORTING = new Set(
  "cd echo export set source sleep true false tail head grep rg egrep sed awk tee wc sort uniq cat xargs cut tr time timeout sudo env nohup bash sh zsh pwd".split(
    " ",
  ),
);

/** Programs whose second word says what they do. */
const SUBCOMMAND = /^[a-z][a-z0-9:._-]{1,30}$/;

/** The words that name what a simple command runs: `mix test`, `npm run build`, `git push`. */
function programOf(simple: string): string | null {
  const words = simple
    .trim()
    .split(/\s+/)
    .filter((word) => !/^[A-Za-z_]\w{0,60}=/.test(word));
  const first = words[0]?.replace(/^.{0,200}\//, "");
  if (first === undefined || first === "" || !/^[\w.@+-]{1,60}$/.test(first)) return null;
  const second = words.slice(1).find((word) => !word.startsWith("-"));
  if (second === "run" || second === "exec") {
    return `${first} ${second} ${words[words.indexOf(second) + 1] ?? ""}`.trim();
  }
  return second !== undefined && SUBCOMMAND.test(second) && !second.includes("/")
    ? `${first} ${second}`
    : first;
}

/** The programs of a command line, supporting ones left out unless there are no others. */
export function programsOf(command: string): string[] {
  const simple = command.slice(0, 2_000).split(/&&|\|\||;|\||\n/);
  const programs = simple.map(programOf).filter((program) => program !== null);
  const telling = programs.filter((program) => !SUPPORTING.has(program.split(" ")[0] ?? ""));
  return [...new Set(telling.length > 0 ? telling : programs)];
}

/** True where the command checks the code: tests, compilers, linters, type checkers. */
export function verifies(command: string): boolean {
  return /\b(?:tests?|spec|check|lint|compile|build|typecheck|tsc|vitest|jest|pytest|rspec|eslint|biome|clippy|credo|dialyzer|mypy|ruff|vet|format|fmt|precommit|quality|ci)\b/i.test(
    programsOf(command).join(" "),
  );
}

/** The subject of the commit that a command made, from git's own answer `[branch 1a2b3c4] subject`. */
export function commitOf(output: string): { hash: string; subject: string } | null {
  const made = /^\[[^\]\n]{1,120} ([0-9a-f]{7,40})\] (.{1,200})$/m.exec(output);
  return made?.[1] && made[2] ? { hash: made[1], subject: made[2].trim() } : null;
}

const TOTALS =
  /\b\d{1,7} (?:tests?|doctests?|specs?|examples?|passed|failed|failures?|passing|failing|errors?|issues?|warnings?|problems?|assertions?|vulnerabilities)\b|\bfound no issues\b|\btest result:/i;

/** Signs of a failure in a line, the surest first. */
const FAILURE_SIGNS = [
  /^\s{0,8}(?:\*\* \(|E\s{2,8}\S|panic:|fatal:|Uncaught |Traceback)/,
  /\b[A-Z][A-Za-z]{2,40}(?:Error|Exception)\b/,
  /(?:^|[\s[(])(?:error|fatal|failed)(?:\[[A-Z0-9]{1,10}\])?[:\])!]/i,
  /\b(?:undefined|unresolved|cannot|can't|could not|couldn't|not found|no such|denied|rejected|refused|unsupported|invalid|unexpected|mismatch|missing|does not exist|timed out)\b/i,
  /\b(?:error|failure|failed|fail|exception)\b/i,
];

const NO_FAILURE = /\b(?:0|no) (?:failures?|errors?|failed|issues)\b|warnings? as errors/i;

/** Lines that report how a run goes on, never what is wrong. */
const PROGRESS =
  /^\s{0,8}(?:compiling|generated|generating|running|getting|checking|finished|randomized|please report|==>|warning: redefining|\[info\]|\d{2}:\d{2}:\d{2}\.\d{3} \[(?:info|debug)\])/i;

/** A line that only announces, with the line that it announces. */
function withNext(line: string | undefined, lines: string[]): string | undefined {
  if (line === undefined) return undefined;
  return [line, lines[lines.indexOf(line) + 1] ?? ""].map((part) => part.trim()).join(" ");
}

/** The line of `output` that says best what failed, at most `max` characters; null without any. */
export function failureMessage(output: string, max: number): string | null {
  const lines = output
    .slice(0, 200_000)
    // Hooks and tools wrap their messages into JSON.
    .replaceAll("\\n", "\n")
    .split("\n", 4_000)
    .filter((line) => line.length < 1_000 && /[A-Za-z]{3}/.test(line))
    .filter((line) => !NO_FAILURE.test(line) && !PROGRESS.test(line));
  for (const sign of FAILURE_SIGNS) {
    const signed = lines.filter(
      (candidate) =>
        sign.test(candidate) && !/^\s{0,8}(?:Error: )?Exit code \d{1,3}\s{0,4}$/.test(candidate),
    );
    // A line that ends with a colon announces what comes after it.
    const line =
      signed.find((candidate) => !/:\s{0,4}$/.test(candidate)) ?? withNext(signed[0], lines);
    if (line !== undefined) {
      return shorten(
        line.replace(/^\s{0,8}(?:Error: )?Exit code \d{1,3}:?/, "").replace(/^[\s│└─>*]{1,12}/, ""),
        max,
      );
    }
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
  return /\b(?!0\b)\d{1,7} (?:failed|failures?|failing|errors?|problems?)\b/i.test(totals);
}

/** How a command ended; `failed` is what the agent itself reported of the call. */
export function outcomeOf(command: string, output: string, failed: boolean): CommandOutcome {
  const checks = verifies(command) && !/\[goes on in the background/.test(output);
  const totals = checks ? totalsOf(output) : null;
  const broken = failed || (checks && totals !== null && totalsFailed(totals));
  // A check's output piped through `tail` hides the exit code: then only an error line tells.
  const hidden =
    !broken &&
    checks &&
    totals === null &&
    /(?:^|\n)\s{0,8}(?:\*\* \(|error(?:\[\w{1,8}\])?:)/i.test(output);
  if (broken || hidden) {
    return { state: "failed", message: failureMessage(output, 200), totals };
  }
  return { state: checks ? "passed" : "unknown", message: null, totals };
}
