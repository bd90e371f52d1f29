/** From a row of the table `items` to what the wire shows. Pure. */
import type { Item, Observation, Prompt, Summary } from "../../../contract/items.ts";
import type { OpenPoint } from "../../../contract/open-points.ts";
import type { ProjectRef } from "../../../memory/delivery.ts";
import { isoTime } from "../../../platform/time.ts";
import {
  bodyOf,
  filesOf,
  type ItemRow,
  type ObservationRow,
  type PromptRow,
  type SummaryRow,
  stampOf,
} from "./item-row.ts";
import { type OpenPointRow, stateOf } from "./open-points.ts";
import { sourceOf } from "./source-of.ts";

export function itemId(project: ProjectRef, n: number): string {
  return `${project.number}-${n}`;
}

/** A row as the wire shows it. */
export function showItem(project: ProjectRef, row: ItemRow): Item {
  if (row.kind === "observation") return showObservation(project, row);
  return row.kind === "summary" ? showSummary(project, row) : showPrompt(project, row);
}

/** What all kinds have: where it stands, and the stamp. */
function commonOf<Kind extends ItemRow["kind"]>(
  project: ProjectRef,
  row: { kind: Kind } & ItemRow,
) {
  return {
    id: itemId(project, row.n),
    kind: row.kind as Kind,
    project: project.name,
    ...stampOf(row),
    source_kind: sourceOf(row),
    created_at: isoTime(row.created_at),
  };
}

function showObservation(project: ProjectRef, row: ObservationRow): Observation {
  const { content, type, provider, model, degraded } = row;
  const id = (n: number | null) => (n === null ? null : itemId(project, n));
  const shown = [content.title, ...bodyOf(row), ...filesOf(row)];
  return {
    ...commonOf(project, row),
    type,
    title: content.title,
    subtitle: content.subtitle,
    narrative: content.narrative,
    facts: content.facts,
    concepts: content.concepts,
    files_read: content.files_read,
    files_modified: content.files_modified,
    sources: content.sources,
    provider,
    model,
    degraded,
    tokens: tokensOf(shown.join("\n")),
    ...(content.saved_from === undefined ? {} : { saved_from: content.saved_from }),
    repeats: id(row.repeats),
    supersedes: id(row.supersedes),
    superseded_by: id(row.superseded_by),
    ...(row.withdrawn === null ? {} : { withdrawn: row.withdrawn.reason }),
  };
}

function showSummary(project: ProjectRef, row: SummaryRow): Summary {
  const { content, provider, model, degraded } = row;
  return { ...commonOf(project, row), ...content, provider, model, degraded };
}

/** An open point as the wire shows it at `now`. */
export function showPoint(project: ProjectRef, row: OpenPointRow, now: number): OpenPoint {
  const { n, session, promptNumber, person, text, sources, madeAt, closedAt, closedBy } = row;
  return {
    id: itemId(project, n),
    project: project.name,
    session,
    prompt_number: promptNumber,
    person,
    text,
    sources,
    made_at: isoTime(madeAt),
    state: stateOf(row, now),
    closed_at: closedAt === null ? null : isoTime(closedAt),
    closed_by: closedBy,
    proof: row.proof,
  };
}

function showPrompt(project: ProjectRef, row: PromptRow): Prompt {
  return { ...commonOf(project, row), text: row.content.text, sources: row.content.sources };
}

/** Tokens of a text, estimated: characters / 4. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}
