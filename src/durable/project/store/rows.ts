/** Rows of the table `items`, and how they become what the wire shows. */

import type { Item, ItemKind, Observation, Prompt, Summary } from "../../../contract/items.ts";
import type { ProjectRef } from "../../../memory/delivery.ts";
import type {
  Concept,
  DraftObservation,
  DraftSummary,
  NewObservation,
  NewPrompt,
  NewSummary,
  ObservationType,
  Stamp,
} from "../../../memory/observation.ts";
import { isoTime } from "../../../memory/time.ts";
import { isMereActivity } from "../apply/mere-activity.ts";
import { splitWords } from "../search/words.ts";

export interface ObservationContent
  extends Omit<DraftObservation, "type" | "index_text" | "concepts"> {
  concepts: Concept[];
  files_read: string[];
  files_modified: string[];
}
export type SummaryContent = DraftSummary;
export interface PromptContent {
  text: string;
  sources: string[];
}
export type Content = ObservationContent | SummaryContent | PromptContent;

interface RowBase {
  n: number;
  session: string;
  prompt_number: number;
  created_at: number;
  agent: string;
  actor: string;
  branch: string | null;
  commit_id: string | null;
  standing: number;
  repeats: number | null;
  supersedes: number | null;
  superseded_by: number | null;
  provider: string | null;
  model: string | null;
  degraded: string | null;
}

export type ObservationRow = RowBase & {
  kind: "observation";
  type: ObservationType;
  content: ObservationContent;
};
export type SummaryRow = RowBase & { kind: "summary"; type: null; content: SummaryContent };
export type PromptRow = RowBase & { kind: "prompt"; type: null; content: PromptContent };
/** A row with its content read. */
export type ItemRow = ObservationRow | SummaryRow | PromptRow;

/** The columns of `ItemRow`: everything but what is only searched. */
export const ITEM_COLUMNS = `n, kind, session, prompt_number, created_at, type, agent, actor, branch,
  commit_id, standing, repeats, supersedes, superseded_by, provider, model, degraded, content`;

export type StoredRow = Omit<ItemRow, "content"> & { content: string };

export function readRow(row: StoredRow): ItemRow {
  return { ...row, content: JSON.parse(row.content) } as ItemRow;
}

/** An item as it goes in, before it has a number. */
export interface NewItem {
  kind: ItemKind;
  type: ObservationType | null;
  stamp: Stamp;
  standing: boolean;
  provider: string | null;
  model: string | null;
  degraded: string | null;
  content: Content;
  splitWords: string;
  indexText: string;
  /** Whether an observation is mere activity; null for summaries and prompts. */
  activity: boolean | null;
}

/** Types and concepts that stay worth knowing whatever their age. */
const STANDING_TYPES: readonly ObservationType[] = ["decision", "security"];
const STANDING_CONCEPTS: readonly Concept[] = ["gotcha", "trade-off"];

export function observationItem(observation: NewObservation): NewItem {
  const { title, subtitle, narrative, facts, concepts, sources, files_read, files_modified } =
    observation;
  return {
    kind: "observation",
    type: observation.type,
    stamp: stampOf(observation),
    standing:
      STANDING_TYPES.includes(observation.type) ||
      concepts.some((concept) => STANDING_CONCEPTS.includes(concept)) ||
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
    activity: isMereActivity(observation),
  };
}

/** The provider of what a person or an agent saved: somebody meant it to be remembered. */
export const HAND = "hand";

export function summaryItem(summary: NewSummary): NewItem {
  const { request, investigated, learned, completed, next_steps, sources } = summary;
  return {
    kind: "summary",
    type: null,
    stamp: stampOf(summary),
    standing: false,
    provider: summary.provider,
    model: summary.model,
    degraded: summary.degraded,
    content: { request, investigated, learned, completed, next_steps, sources },
    splitWords: splitWords(request, investigated, learned, completed, next_steps),
    indexText: "",
    activity: null,
  };
}

export function promptItem(prompt: NewPrompt): NewItem {
  return {
    kind: "prompt",
    type: null,
    stamp: stampOf(prompt),
    standing: false,
    provider: null,
    model: null,
    degraded: null,
    content: { text: prompt.text, sources: prompt.sources },
    splitWords: splitWords(prompt.text),
    indexText: "",
    activity: null,
  };
}

function stampOf(item: Stamp): Stamp {
  const { session, agent, actor, branch, commit, prompt_number, created_at } = item;
  return { session, agent, actor, branch, commit, prompt_number, created_at };
}

export function itemId(project: ProjectRef, n: number): string {
  return `${project.number}-${n}`;
}

/** The heading of an item: an observation's title, a summary's request, a prompt's text. */
export function titleOf(row: ItemRow): string {
  if (row.kind === "observation") return row.content.title;
  return row.kind === "summary" ? row.content.request : row.content.text;
}

/** What is shown of an item beside its title, in the order of telling. */
export function bodyOf(row: ItemRow): string[] {
  const { content } = row;
  switch (row.kind) {
    case "observation": {
      const { subtitle, narrative, facts } = content as ObservationContent;
      return [subtitle, narrative, ...facts].filter((part) => part !== "");
    }
    case "summary": {
      const { investigated, learned, completed, next_steps } = content as SummaryContent;
      return [completed, learned, next_steps, investigated].filter((part) => part !== "");
    }
    case "prompt":
      return [];
  }
}

/** Files of an observation, changed ones first, each once. */
export function filesOf(row: ItemRow): string[] {
  if (row.kind !== "observation") return [];
  return [...new Set([...row.content.files_modified, ...row.content.files_read])];
}

/** A row as the wire shows it. */
export function showItem(project: ProjectRef, row: ItemRow): Item {
  if (row.kind === "observation") return showObservation(project, row);
  return row.kind === "summary" ? showSummary(project, row) : showPrompt(project, row);
}

export function showObservation(project: ProjectRef, row: ObservationRow): Observation {
  const { content } = row;
  const id = (n: number | null) => (n === null ? null : itemId(project, n));
  const shown = [content.title, ...bodyOf(row), ...filesOf(row)];
  return {
    id: itemId(project, row.n),
    kind: "observation",
    project: project.name,
    session: row.session,
    agent: row.agent,
    type: row.type,
    title: content.title,
    subtitle: content.subtitle,
    narrative: content.narrative,
    facts: content.facts,
    concepts: content.concepts,
    files_read: content.files_read,
    files_modified: content.files_modified,
    sources: content.sources,
    prompt_number: row.prompt_number,
    created_at: isoTime(row.created_at),
    provider: row.provider,
    model: row.model,
    degraded: row.degraded,
    actor: row.actor,
    branch: row.branch,
    commit: row.commit_id,
    tokens: tokensOf(shown.join("\n")),
    repeats: id(row.repeats),
    supersedes: id(row.supersedes),
    superseded_by: id(row.superseded_by),
  };
}

export function showSummary(project: ProjectRef, row: SummaryRow): Summary {
  return {
    id: itemId(project, row.n),
    kind: "summary",
    project: project.name,
    session: row.session,
    agent: row.agent,
    prompt_number: row.prompt_number,
    ...row.content,
    created_at: isoTime(row.created_at),
    provider: row.provider,
    model: row.model,
    degraded: row.degraded,
    actor: row.actor,
    branch: row.branch,
    commit: row.commit_id,
  };
}

function showPrompt(project: ProjectRef, row: PromptRow): Prompt {
  return {
    id: itemId(project, row.n),
    kind: "prompt",
    project: project.name,
    session: row.session,
    agent: row.agent,
    prompt_number: row.prompt_number,
    text: row.content.text,
    sources: row.content.sources,
    created_at: isoTime(row.created_at),
    actor: row.actor,
    branch: row.branch,
    commit: row.commit_id,
  };
}

/** Tokens of a text, estimated: characters / 4. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}
