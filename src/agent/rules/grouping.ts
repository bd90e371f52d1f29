/** Which activities of a batch belong together: one observation tells of one to four of them. */
import type { Activity } from "./activity.ts";

/** More sources would count for nothing, and one title could not tell of them. */
export const GROUP_MAX = 4;

const isTalk = ({ kind }: Activity) => kind === "delegate" || kind === "ask";
const looksOnly = ({ kind }: Activity) => kind === "read" || kind === "search" || kind === "fetch";

/** True where `next` begins something else than what the group tells of. */
function beginsAnew(group: Activity[], next: Activity): boolean {
  if (group.length >= GROUP_MAX) return true;
  // What a person answered or a subagent found out stands for itself.
  if (group.some(isTalk) || isTalk(next)) return true;
  // What broke, what was done about it and what then helped belong together.
  return next.outcome?.state === "failed" && group.length >= 2 && group.every(looksOnly);
}

/**
 * Cuts `activities` (in order) into groups. What follows each other belongs together: clusters by
 * common words and files (tried) found no more, and half-filled groups found less.
 */
export function groupActivities(activities: Activity[]): Activity[][] {
  const groups: Activity[][] = [];
  let group: Activity[] = [];
  for (const activity of activities) {
    if (group.length > 0 && beginsAnew(group, activity)) {
      groups.push(group);
      group = [];
    }
    group.push(activity);
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
