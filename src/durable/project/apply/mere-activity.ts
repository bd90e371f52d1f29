/** Telling what somebody found out from what somebody merely looked at. Pure. */
import type { NewObservation } from "../../../memory/observation.ts";

/** What the decision looks at: the same of a stored observation and of a new one. */
export type ActivityFacts = Pick<
  NewObservation,
  "provider" | "type" | "title" | "concepts" | "files_modified"
>;

/** The provider whose rules write up each event, also one that taught nothing. */
const RULES = "extractive";
/** How the rules title a file that was read (agent/rules/titles.ts). */
const FILE_READ_TITLE = "Inside ";

/**
 * True for an observation of the rules that only says what was looked at: a file that was read, or
 * something of which nothing is known but how it works, while no file was changed. What a model or
 * a person wrote is never mere activity.
 */
export function isMereActivity(observation: ActivityFacts): boolean {
  const { provider, type, title, concepts, files_modified } = observation;
  if (provider !== RULES) return false;
  if (type === "discovery" && title.startsWith(FILE_READ_TITLE)) return true;
  return (
    concepts.length > 0 &&
    concepts.every((concept) => concept === "how-it-works") &&
    files_modified.length === 0
  );
}
