/** A session of a given number of events, as Claude Code's hooks post it: short turns, real sizes. */

const TOOLS_PER_TURN = 8;
const SUBJECTS = ["invoice totals", "login", "search index", "retry queue", "export", "cache"];

function lines(subject: string, n: number, count: number): string {
  return Array.from(
    { length: count },
    (_, i) => `${n * 7 + i}: ${subject} step ${i % 9} of part ${n} took ${(n * 13 + i) % 400} ms`,
  ).join("\n");
}

/** SessionStart, `events` events in turns (prompt, tools, stop), SessionEnd. */
export function sessionHooks(session: number, events: number): object[] {
  const id = `scale-${session}`;
  const subject = `${SUBJECTS[session % SUBJECTS.length]} ${session}`;
  const common = { session_id: id, cwd: "/home/dev/app", permission_mode: "default" };
  const hooks: object[] = [{ ...common, hook_event_name: "SessionStart", source: "startup" }];
  for (let n = 0, turn = 0; n < events; turn += 1) {
    const prompt_id = `${id}-p${turn}`;
    const own = { ...common, prompt_id };
    const length = Math.min(TOOLS_PER_TURN + 2, events - n);
    for (let i = 0; i < length; i += 1, n += 1) {
      const file = `/home/dev/app/src/part-${(session + n) % 50}/code-${n % 20}.ts`;
      if (i === 0) {
        const prompt = `Fix the ${subject} in part ${turn}: it fails now and then.`;
        hooks.push({ ...own, hook_event_name: "UserPromptSubmit", prompt });
      } else if (i === length - 1) {
        const last_assistant_message = `The ${subject} works in part ${turn} now: ${file} locks before it writes.`;
        hooks.push({ ...own, hook_event_name: "Stop", last_assistant_message });
      } else {
        hooks.push({ ...own, ...toolCall(id, n, i, subject, file) });
      }
    }
  }
  hooks.push({ ...common, hook_event_name: "SessionEnd", reason: "exit" });
  return hooks;
}

function toolCall(id: string, n: number, i: number, subject: string, file: string): object {
  const call = { hook_event_name: "PostToolUse", tool_use_id: `toolu_${id}_${n}` };
  switch (i % 4) {
    case 0:
      return {
        ...call,
        tool_name: "Bash",
        tool_input: { command: `npx vitest run test/part-${n}.test.ts` },
        tool_response: { stdout: lines(subject, n, 40), stderr: "", interrupted: false },
      };
    case 1:
      return {
        ...call,
        tool_name: "Read",
        tool_input: { file_path: file },
        tool_response: lines(subject, n, 60),
      };
    case 2:
      return {
        ...call,
        tool_name: "Edit",
        tool_input: {
          file_path: file,
          old_string: lines(subject, n, 3),
          new_string: lines(subject, n + 1, 4),
        },
        tool_response: { filePath: file },
      };
    default:
      return {
        ...call,
        tool_name: "Grep",
        tool_input: { pattern: `step ${n % 9}`, path: "src" },
        tool_response: lines(subject, n, 15),
      };
  }
}
