/** How agents write down the end of a shell command in the text that its model reads. */

/** A command's end as a report of lines tells it: Qwen Code's and Gemini CLI's. */
export interface ShellReport {
  /** What the command printed, with the exit code where it is not 0. */
  output: string;
  failed: boolean;
}

/** The members of a report, each at the beginning of a line. */
const MEMBER =
  /^(Command|Directory|Output|Stdout|Stderr|Error|Exit Code|Signal|Background PIDs|Process Group PGID): ?/;
const NOTHING = new Set(["", "(none)", "(empty)"]);

/** The report's parts; null for a text that is none. */
export function readShellReport(text: string): ShellReport | null {
  const members = new Map<string, string[]>();
  let current: string[] | null = null;
  for (const line of text.split("\n")) {
    const name = MEMBER.exec(line)?.[1];
    if (name === undefined) {
      if (current === null) return null;
      current.push(line);
    } else if (name === "Output" || !members.has("Output") || TAIL.has(name)) {
      current = [line.replace(MEMBER, "")];
      members.set(name, current);
    } else {
      current?.push(line);
    }
  }
  const has = (name: string) => members.has(name);
  if (!has("Output") && !has("Stdout")) return null;
  const member = (name: string) => {
    const value = members.get(name)?.join("\n").trim() ?? "";
    return NOTHING.has(value) ? "" : value;
  };
  const exit = member("Exit Code");
  const signal = member("Signal");
  const failed = (exit !== "" && exit !== "0") || signal !== "";
  const ending = failed ? `[exit code ${exit === "" ? signal : exit}]` : "";
  const parts = ["Output", "Stdout", "Stderr", "Error"].map(member);
  return { output: [...parts, ending].filter((part) => part !== "").join("\n"), failed };
}

/** Members that follow what the command printed. A command may print lines of the same form. */
const TAIL = new Set(["Error", "Exit Code", "Signal", "Background PIDs", "Process Group PGID"]);

/** `<shellId: 0 completed with exit code 3>`: Copilot CLI's last line. */
const COPILOT_END =
  /\n?<(?:shellId: [^<>\n]{0,100} )?(?:completed|exited) with exit code (-?[0-9]{1,10})>\s*$/;

/** A text with Copilot CLI's line about the end taken off; null where it has none. */
export function readShellEnd(text: string): ShellReport | null {
  const end = COPILOT_END.exec(text);
  if (end === null) return null;
  return shellResult(text.slice(0, end.index), Number(end[1]));
}

/** What a command printed, and its exit code where it tells of a failure. */
export function shellResult(output: string, exitCode: number): ShellReport {
  const failed = exitCode !== 0;
  const printed = output.replace(/\s+$/, "");
  if (!failed) return { output: printed, failed };
  return { output: `${printed === "" ? "" : `${printed}\n`}[exit code ${exitCode}]`, failed };
}
