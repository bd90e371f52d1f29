/** Hook payloads like those of real work: `PostToolUse` of 2 to 5 KB. */

const SESSIONS = 64;
/** As real sessions do, a prompt comes now and then; it is not measured apart. */
const TOOLS = ["Bash", "Read", "Edit", "Grep"] as const;

const LINES = [
  "export function parseDuration(text: string): number {",
  "  const match = /^(\\d+)(ms|s|m|h)$/.exec(text.trim());",
  "  if (match === null) throw new RangeError(text);",
  "PASS  test/duration.test.ts (14 tests) 312 ms",
  "FAIL  test/retry.test.ts > backs off after the third failure",
  "    expected 4000 to be 8000 // Object.is equality",
  "src/queue/worker.ts:118:  this.#lease = await this.store.claim(batch);",
  "modified: src/queue/worker.ts  (+12 -3)",
];

function text(n: number, chars: number): string {
  const lines: string[] = [];
  for (let length = 0, line = n; length < chars; line += 1) {
    const next = `${line}: ${LINES[line % LINES.length]}`;
    lines.push(next);
    length += next.length + 1;
  }
  return lines.join("\n");
}

/** Name of the session of the n-th event: 64 at once, taken in turn, the same in every round. */
function sessionOf(n: number): string {
  return `bench-${n % SESSIONS}`;
}

/** The n-th event of a run, as Claude Code posts it. */
export function toolEvent(run: string, n: number): object {
  const session = sessionOf(n);
  const tool = TOOLS[Math.floor(n / SESSIONS) % TOOLS.length] ?? "Bash";
  const file = `/home/dev/app/src/part-${n % 40}/worker.ts`;
  // 1.7 to 4.7 KB of output, by turns.
  const output = text(n, 1_700 + (n % 7) * 500);
  const input = {
    Bash: { command: `npx vitest run test/part-${n % 40}.test.ts`, description: "Run the tests" },
    Read: { file_path: file },
    Edit: { file_path: file, old_string: text(n, 200), new_string: text(n + 1, 220) },
    Grep: { pattern: `claim\\(batch${n % 9}`, path: "src" },
  }[tool];
  return {
    session_id: session,
    transcript_path: `/home/dev/.claude/projects/app/${session}.jsonl`,
    cwd: "/home/dev/app",
    permission_mode: "default",
    hook_event_name: "PostToolUse",
    prompt_id: `${session}-prompt`,
    tool_name: tool,
    tool_input: input,
    tool_response: tool === "Bash" ? { stdout: output, stderr: "", interrupted: false } : output,
    tool_use_id: `toolu_${run}_${n}`,
    duration_ms: 40 + (n % 300),
  };
}
