/** What a person is shown of what their session was told: one line, in the agent's own window. */
import type { ToldCounts } from "../contract/calls.ts";

/** `Cairn: 3 open points, 5 findings from 2 sessions`; null where there is nothing to say. */
export function noticeOf(told: ToldCounts | undefined): string | null {
  if (told === undefined) return null;
  const parts = [
    counted(told.open_points, "open point"),
    counted(told.decisions, "decision"),
    counted(told.findings, "finding"),
    counted(told.changes, "change"),
  ].filter((part) => part !== "");
  const from = counted(told.sessions, "session");
  if (parts.length === 0) return from === "" ? null : `Cairn: where the last work stopped`;
  return `Cairn: ${parts.join(", ")}${from === "" ? "" : ` from ${from}`}`;
}

function counted(count: number, of: string): string {
  if (count === 0) return "";
  return `${count} ${of}${count === 1 ? "" : "s"}`;
}
