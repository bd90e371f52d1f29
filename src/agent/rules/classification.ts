/** Type and concepts of an observation, by what was done and not by what anybody called it. */
import type { Concept, ObservationType } from "../../memory/observation.ts";
import type { Activity } from "./activity.ts";
import { commitOf, verifies } from "./commands.ts";
import { isProse } from "./facts.ts";
import type { Repair } from "./repair.ts";

/** How much an activity tells weeks later; higher tells more. */
function worth(activity: Activity): number {
  const text = Math.min(activity.text.length, 4_000) / 4_000;
  switch (activity.kind) {
    case "ask":
      return 10;
    case "create":
      return 8 + text;
    case "edit":
      return activity.failed ? 2 : 7 + Math.min(activity.change?.added.length ?? 0, 50) / 50;
    case "delegate":
      return 7.5;
    case "command":
      if (activity.outcome?.state === "failed") return 6;
      if (commitOf(activity.text) !== null) return 6.5;
      if (isProse(activity.text)) return 5 + text;
      return verifies(activity.subject) ? 4 : 3 + text;
    case "fetch":
      return 5;
    case "read":
      return activity.failed ? 1 : 3 + text;
    case "search":
      return 2 + text;
    case "other":
      return 1 + text;
  }
}

/** Members of a group, the most telling first; ties in order of time. */
export function byWorth(group: Activity[]): Activity[] {
  return [...group].sort((a, b) => worth(b) - worth(a));
}

const SECURITY =
  /auth(?:entic|oriz|[_/.-])|permission|csrf|xss|sanitiz|sanitis|encrypt|credential|vulnerab|redact/i;
/** Tests, documents and settings: changed along with something, seldom the thing itself. */
const ASIDE =
  /(?:^|\/)(?:tests?|spec|docs?|config)\/|[._](?:test|spec)\.|\.(?:md|json|ya?ml|toml|lock)$/i;

function typeOfCommit(subject: string): ObservationType {
  if (/^\W{0,4}(?:fix|bug|hotfix)/i.test(subject)) return "bugfix";
  if (/^\W{0,4}(?:feat|add)/i.test(subject)) return "feature";
  return /^\W{0,4}refactor/i.test(subject) ? "refactor" : "change";
}

/** The type of an observation of `group`. */
export function typeOf(group: Activity[], lead: Activity, repair: Repair | null): ObservationType {
  if (repair !== null) return "bugfix";
  if (lead.kind === "ask") return "decision";
  if (lead.kind === "command") {
    const commit = commitOf(lead.text);
    return commit === null ? "discovery" : typeOfCommit(commit.subject);
  }
  if (lead.failed || (lead.kind !== "edit" && lead.kind !== "create")) return "discovery";
  const names = group.flatMap(({ change }) => change?.addedNames ?? []);
  if (SECURITY.test([lead.path, ...names].join(" "))) return "security";
  const failure = group.findIndex(({ outcome }) => outcome?.state === "failed");
  if (failure !== -1 && failure < group.indexOf(lead)) return "bugfix";
  if (ASIDE.test(lead.path ?? "")) return "change";
  if (lead.kind === "create" || names.length > 0) return "feature";
  const lines = (which: "added" | "removed") =>
    group.reduce((sum, { change }) => sum + (change?.[which].length ?? 0), 0);
  return lines("removed") > lines("added") ? "refactor" : "change";
}

/** Concepts that go with a type and with the words of the narrative. */
export function conceptsOf(type: ObservationType, group: Activity[], narrative: string): Concept[] {
  const concepts: Concept[] = [];
  if (type === "bugfix") concepts.push("problem-solution");
  else if (type === "discovery") concepts.push("how-it-works");
  else if (type === "decision") concepts.push("why-it-exists");
  else concepts.push("what-changed");
  if (group.some(({ outcome }) => outcome?.state === "failed")) concepts.push("gotcha");
  if (/\b(?:instead of|rather than|trade-?off|at the cost of)\b/i.test(narrative)) {
    concepts.push("trade-off");
  }
  if (/\b(?:convention|pattern|same way as|consistent with)\b/i.test(narrative)) {
    concepts.push("pattern");
  }
  return concepts;
}
