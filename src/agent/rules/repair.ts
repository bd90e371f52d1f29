/** What failed and what made it pass: the part of a session that is most worth remembering. */
import type { Activity } from "./activity.ts";

/** A command that failed, what was changed then, and the run that went well. */
export interface Repair {
  failing: Activity;
  /** The edits between; empty where another form of the command did it. */
  by: Activity[];
  passing: Activity;
}

/**
 * The first repair in a group, in order of time: a command failed, and after an edit the same
 * program went well, or another form of the same command did.
 */
export function repairIn(group: Activity[]): Repair | null {
  for (const [i, failing] of group.entries()) {
    if (failing.outcome?.state !== "failed") continue;
    const later = group.slice(i + 1);
    const end = later.findIndex(
      ({ programs, outcome }) =>
        outcome !== null &&
        outcome.state !== "failed" &&
        programs.some((program) => failing.programs.includes(program)),
    );
    const passing = later[end];
    if (passing === undefined) continue;
    const by = later
      .slice(0, end)
      .filter(({ kind, failed }) => !failed && (kind === "edit" || kind === "create"));
    if (by.length > 0 || passing.subject !== failing.subject) return { failing, by, passing };
  }
  return null;
}
