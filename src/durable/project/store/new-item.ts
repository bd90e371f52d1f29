/** From what a session delivers, or somebody saves, to a row of the table `items`. Pure. */

import type { Concept, ItemKind, ObservationType } from "../../../contract/vocabulary.ts";
import type { NewObservation, NewPrompt, NewSummary, Stamp } from "../../../memory/observation.ts";
import { composed } from "../../../platform/text-form.ts";
import { isMereActivity } from "../apply/mere-activity.ts";
import { splitWords } from "../search/words.ts";
import {
  type Content,
  type NewItem,
  type ObservationContent,
  type PromptContent,
  type SummaryContent,
  stampOf,
} from "./item-row.ts";

/** The provider of what a person or an agent saved: somebody meant it to be remembered. */
export const HAND = "hand";

/** Types and concepts that stay worth knowing whatever their age. */
const EVERGREEN_TYPES: readonly ObservationType[] = ["decision", "security"];
const EVERGREEN_CONCEPTS: readonly Concept[] = ["gotcha", "trade-off"];

export function observationItem(observation: NewObservation): NewItem {
  const { title, subtitle, narrative, facts, concepts, sources, files_read, files_modified } =
    observation;
  const content = composedContent({
    title,
    subtitle,
    narrative,
    facts,
    concepts,
    sources,
    files_read,
    files_modified,
    ...(observation.decides === undefined ? {} : { decides: observation.decides }),
    ...(observation.source_kind === undefined ? {} : { source_kind: observation.source_kind }),
  });
  const indexText = composed(observation.index_text);
  return {
    ...composedStamp(observation),
    kind: "observation",
    type: observation.type,
    evergreen:
      EVERGREEN_TYPES.includes(observation.type) ||
      concepts.some((concept) => EVERGREEN_CONCEPTS.includes(concept)) ||
      observation.provider === HAND,
    provider: observation.provider,
    model: observation.model,
    degraded: observation.degraded,
    content,
    splitWords: splitWordsOf("observation", content, indexText),
    indexText,
    activity: observation.activity ?? isMereActivity(observation),
  };
}

export function summaryItem(summary: NewSummary): NewItem {
  const { request, investigated, learned, completed, next_steps, sources } = summary;
  const content = composedContent({
    request,
    investigated,
    learned,
    completed,
    next_steps,
    sources,
  });
  return {
    ...composedStamp(summary),
    kind: "summary",
    type: null,
    evergreen: false,
    provider: summary.provider,
    model: summary.model,
    degraded: summary.degraded,
    content,
    splitWords: splitWordsOf("summary", content),
    indexText: "",
    activity: null,
  };
}

export function promptItem(prompt: NewPrompt): NewItem {
  const content = composedContent({ text: prompt.text, sources: prompt.sources });
  return {
    ...composedStamp(prompt),
    kind: "prompt",
    type: null,
    evergreen: false,
    provider: null,
    model: null,
    degraded: null,
    content,
    splitWords: splitWordsOf("prompt", content),
    indexText: "",
    activity: null,
  };
}

/** The words that the index needs of an item beside its text. */
export function splitWordsOf(kind: ItemKind, content: Content, indexText = ""): string {
  switch (kind) {
    case "observation": {
      const { title, subtitle, narrative, facts, files_modified, files_read } =
        content as ObservationContent;
      const files = [...files_modified, ...files_read];
      return splitWords(title, subtitle, narrative, ...facts, ...files, indexText);
    }
    case "summary": {
      const { request, investigated, learned, completed, next_steps } = content as SummaryContent;
      return splitWords(request, investigated, learned, completed, next_steps);
    }
    case "prompt":
      return splitWords((content as PromptContent).text);
  }
}

/** All its texts composed (NFC), as queries are; the keys of its sources are no text. */
export function composedContent<Some extends Content>(content: Some): Some {
  const fields = Object.entries(content).map(([name, value]) => [
    name,
    name === "sources" ? value : composedValue(value),
  ]);
  return Object.fromEntries(fields) as Some;
}

function composedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(composedValue);
  return typeof value === "string" ? composed(value) : value;
}

function composedStamp(item: Stamp): Stamp {
  const stamp = stampOf(item);
  return { ...stamp, branch: stamp.branch === null ? null : composed(stamp.branch) };
}
