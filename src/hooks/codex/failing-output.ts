/**
 * Failures that only the output of a command tells. A line in the middle of an output may be quoted
 * from a log, so only forms that a program prints of itself count, and only near the end or as the
 * very first thing.
 */

/** How far from the end such a line may stand. */
const TAIL_LINES = 12;
const LINE_MAX_CHARS = 500;

/** The shell's own or a small program's complaint: nothing else was printed before it. */
const FIRST_LINE =
  /^(?:(?:\/(?:usr\/)?bin\/)?(?:ba|z|da)?sh: |[\w./-]{1,80}: )(?:line \d{1,6}: )?.{0,300}(?:command not found|[Nn]o such file or directory|[Pp]ermission denied|not found|[Ii]s a directory)$/;

const NEAR_THE_END: readonly RegExp[] = [
  /^npm (?:error|ERR!) /,
  /^\s?ELIFECYCLE\b|^error Command failed with exit code [1-9]/,
  /^make(?:\[\d{1,3}\])?: \*\*\* /,
  /^(?:fatal|panic): /,
  /^error(?:\[[A-Z]\d{1,6}\])?: (?:could not compile|aborting due to|process didn't exit successfully|test failed)/,
  /^(?:[\w.]{1,80})?(?:Error|Exception)(?:: |$)/,
  /^thread '[^']{1,100}' panicked at /,
  /^(?:FAIL|FAILED|BUILD FAILED|BUILD FAILURE)\b/,
  /^FAILED \((?:failures|errors)=/,
  /^=+ .{0,60}\b[1-9]\d{0,6} (?:failed|errors?)\b/,
  /^\s*(?:Tests?|Test Files|Test Suites):?\s{1,8}.{0,40}?\b[1-9]\d{0,6} failed\b/,
  /^\s{0,4}[1-9]\d{0,6} (?:failing|failed)\b/,
  /^# fail [1-9]/,
  /^exit status [1-9]/,
  /^(?:Process|Command) (?:exited|finished|failed) with (?:exit )?(?:code|status) [1-9]/i,
];

/** True for an output in which a program says that it failed. */
export function saysItFailed(output: string): boolean {
  const lines = output.trimEnd().split("\n");
  const first = lines[0]?.slice(0, LINE_MAX_CHARS) ?? "";
  if (lines.length <= 3 && FIRST_LINE.test(first)) return true;
  return lines
    .slice(-TAIL_LINES)
    .map((line) => line.slice(0, LINE_MAX_CHARS))
    .some((line) => NEAR_THE_END.some((form) => form.test(line)));
}
