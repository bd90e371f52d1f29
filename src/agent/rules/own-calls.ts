/** Calls of Cairn itself: what it recalls is known, and what fails in it is no fault of the project. */
import type { StoredEvent } from "../../memory/event.ts";
import { isToolEvent } from "./activity.ts";
import { programsOf } from "./shell.ts";

const OWN_TOOL = /^mcp__(?:plugin_cairn_)?cairn__/;

/** True for a call of our own tools or command line, whatever came of it. */
export function isOwn(event: StoredEvent): boolean {
  if (!isToolEvent(event)) return false;
  if (OWN_TOOL.test(event.body.tool)) return true;
  const command = event.body.input.command ?? event.body.input.cmd;
  if (typeof command !== "string") return false;
  const programs = programsOf(command).map((program) => program.split(" ")[0]);
  return programs.length > 0 && programs.every((program) => program === "cairn");
}
