/**
 * Commands of Cairn itself: what they recall is known, and what fails in them is no fault of the
 * project. Calls of our own tools never come here: the agent's adapter marks them `internal`.
 */
import type { StoredEvent } from "../../memory/event.ts";
import { isToolEvent } from "./activity.ts";
import { programsOf } from "./shell.ts";

/** True for a call of our own command line, whatever came of it. */
export function isOwn(event: StoredEvent): boolean {
  if (!isToolEvent(event)) return false;
  const command = event.body.input.command ?? event.body.input.cmd;
  if (typeof command !== "string") return false;
  const programs = programsOf(command).map((program) => program.split(" ")[0]);
  return programs.length > 0 && programs.every((program) => program === "cairn");
}
