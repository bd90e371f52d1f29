/** From what a session delivers, or somebody saves, to a row of the table `items`. Pure. */

import type { Concept, ObservationType } from "../../../contract/vocabulary.ts";
import type { NewObservation, NewPrompt, NewSummary } from "../../../memory/observation.ts";
import { isMereActivity } from "../apply/mere-activity.ts";
import { splitWords } from "../search/words.ts";
import { type NewItem, type SummaryContent, stampOf } from "./item-row.ts";

/** The provider of what a person or an agent saved: somebody meant it to be remembered. */
export const HAND = "hand";

/** Types and concepts that stay worth knowing whatever their age. */
const EVERGREEN_TYPES: readonly ObservationType[] = ["decision", "security"];
const EVERGREEN_CONCEPTS: readonly Concept[] = ["gotcha", "trade-off"];

export function observationItem(observation: NewObservation): NewItem {
  const { title, subtitle, narrative, facts, concepts, sources, files_read, files_modified } =
    observation;
  return {
    ...stampOf(observation),
    kind: "observation",
    type: observation.type,
    evergreen:
      EVERGREEN_TYPES.includes(observation.type) ||
      concepts.some((concept) => EVERGREEN_CONCEPTS.includes(concept)) ||
      observation.provider === HAND,
    provider: observation.provider,
    model: observation.model,
    degraded: observation.degraded,
    content: {
      title,
      subtitle,
      narrative,
      facts,
      concepts,
      sources,
      files_read,
      files_modified,
    },
    splitWords: splitWords(
      title,
      subtitle,
      narrative,
      ...facts,
      ...files_modified,
      ...files_read,
      observation.index_text,
    ),
    indexText: observation.index_text,
    activity: observation.activity ?? isMereActivity(observation),
  };
}

export function summaryItem(summary: NewSummary): NewItem {
  const { request, investigated, learned, completed, next_steps, sources } = summary;
  const content = { request, investigated, learned, completed, next_steps, sources };
  return {
    ...stampOf(summary),
    kind: "summary",
    type: null,
    evergreen: false,
    provider: summary.provider,
    model: summary.model,
    degraded: summary.degraded,
    content,
    splitWords: summaryWords(content),
    indexText: "",
    activity: null,
  };
}

/** The words that the index needs of a summary beside its text. */
export function summaryWords(content: SummaryContent): string {
  const { request, investigated, learned, completed, next_steps } = content;
  return splitWords(request, investigated, learned, completed, next_steps);
}

export function promptItem(prompt: NewPrompt): NewItem {
  return {
    ...stampOf(prompt),
    kind: "prompt",
    type: null,
    evergreen: false,
    provider: null,
    model: null,
    degraded: null,
    content: { text: prompt.text, sources: prompt.sources },
    splitWords: splitWords(prompt.text),
    indexText: "",
    activity: null,
  };
}
