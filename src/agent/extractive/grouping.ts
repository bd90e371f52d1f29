/** Which activities of a batch belong together: one observation tells of one to four of them. */
import type { Activity } from "./activity.ts";

/** More sources would count for nothing, and one title could not tell of them. */
export const GROUP_MAX = 4;

type Phase = "look" | "change" | "run" | "talk";

function phaseOf(activity: Activity): Phase {
  switch (activity.kind) {
    case "create":
    case "edit":
      return "change";
    case "read":
    case "search":
    case "fetch":
    case "other":
      return "look";
    case "command":
      return "run";
    case "delegate":
    case "ask":
      return "talk";
  }
}

/** How well `next` goes with the group so far: 0 not at all, 3 certainly. */
function affinity(group: Activity[], next: Activity): number {
  const last = group.at(-1);
  if (last === undefined) return 3;
  if (phaseOf(next) === "talk" || phaseOf(last) === "talk") return 0;
  const sameFile = next.path !== null && group.some((member) => member.path === next.path);
  if (sameFile) return 3;
  const broken = group.some((member) => member.outcome?.state === "failed" || member.failed);
  // A failure, what was done about it, and the run that shows whether it helped.
  if (broken && phaseOf(next) === "change") return 3;
  if (
    broken &&
    next.kind === "command" &&
    group.some((member) => member.programs.some((program) => next.programs.includes(program)))
  ) {
    return 3;
  }
  if (phaseOf(last) === phaseOf(next)) return 2;
  if (phaseOf(last) === "change" && next.outcome?.state === "passed") return 2;
  return 1;
}

/**
 * Cuts `activities` (in order) into groups of one to four. A phase ends a group that has at
 * least two members; a group of one takes the next activity unless that is a conversation.
 */
export function groupActivities(activities: Activity[]): Activity[][] {
  const groups: Activity[][] = [];
  let group: Activity[] = [];
  for (const activity of activities) {
    const fits = affinity(group, activity);
    const full = group.length >= GROUP_MAX;
    if (group.length > 0 && (full || fits === 0)) {
      groups.push(group);
      group = [];
    }
    group.push(activity);
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
