/**
 * From what a provider made of a batch to what a project is told: stamped by us, with files from
 * the tool events themselves, citing only events of the batch. Pure.
 */

import type { Author } from "../../../agent/observer.ts";
import { isNotice } from "../../../hooks/stamps.ts";
import type { Delivery } from "../../../memory/delivery.ts";
import type { StoredEvent } from "../../../memory/event.ts";
import type {
  DraftObservation,
  DraftSummary,
  NewObservation,
  NewPrompt,
  NewSummary,
  Stamp,
} from "../../../memory/observation.ts";
import { relativePath } from "../../../memory/paths.ts";
import { sessionPath } from "../../../memory/session-name.ts";
import type { SessionRow } from "../session-row.ts";

/** A prompt's text as memory keeps it: what was asked, not what was pasted below it. */
const PROMPT_TEXT_MAX_CHARS = 4_000;

/** Longest title, in characters. */
const TITLE_MAX_CHARS = 90;

/** A request that a person made: a prompt that is not an agent's own notice. */
export interface Request {
  /** The prompt's number. */
  n: number;
  text: string;
}

export interface Finished {
  delivery: Delivery;
  /** Event key -> reason, of those that no observation and no summary was made from. */
  skipped: Record<string, string>;
}

export interface Unfinished {
  row: SessionRow;
  batch: number;
  events: readonly StoredEvent[];
  /** Events of earlier batches that these results were made from too. */
  earlier: readonly StoredEvent[];
  request: Request | null;
  observations: readonly DraftObservation[];
  summary: DraftSummary | null;
  skipped: Record<string, string>;
  author: Author;
  /** Index of an observation -> its author, where that is another. */
  otherAuthors: Record<number, Author>;
  /** The summary's author, where that is another. */
  summaryAuthor: Author | null;
  /** Titles of the session so far: none is given twice. */
  takenTitles: ReadonlySet<string>;
}

/** Puts the platform's stamp on a batch's results. */
export function finishResults(from: Unfinished): Finished {
  const byKey = new Map([...from.earlier, ...from.events].map((event) => [event.key, event]));
  const cited = new Set<string>();
  const observations: NewObservation[] = [];
  const titles = new Set(from.takenTitles);
  for (const [i, draft] of from.observations.entries()) {
    const sources = known(draft.sources, byKey);
    const first = sources[0];
    if (first === undefined) continue;
    const events = sources.flatMap((key) => byKey.get(key) ?? []);
    for (const key of sources) cited.add(key);
    const title = distinctTitle(draft.title, titles);
    titles.add(title);
    observations.push({
      ...draft,
      title,
      sources,
      ...stampOf(from.row, events, byKey.get(first)?.promptNumber ?? 0),
      ...filesOf(events, from.row.root),
      ...(from.otherAuthors[i] ?? from.author),
    });
  }
  const summaries: NewSummary[] = [];
  if (from.summary !== null && from.request !== null) {
    const own = known(from.summary.sources, byKey);
    const summary = stampSummary(from, from.summary, from.request, own);
    for (const key of summary.sources) cited.add(key);
    summaries.push(summary);
  }
  const prompts = from.events.flatMap((event) => promptOf(from.row, event));
  const skipped: Record<string, string> = {};
  for (const event of from.events) {
    if (event.skip !== null || cited.has(event.key)) continue;
    const notice = isNotice(from.row.agent, event);
    // A request is the root of its turn's summary, which comes with the turn's last batch.
    if (event.kind === "prompt" && !notice) continue;
    skipped[event.key] = from.skipped[event.key] ?? (notice ? "internal" : "not_cited");
  }
  return {
    delivery: {
      session: sessionPath(from.row),
      generation: from.row.generation,
      batch: from.batch,
      observations,
      summaries,
      prompts,
    },
    skipped,
  };
}

/** The title, or the title with a number where the session has it already. */
function distinctTitle(title: string, taken: ReadonlySet<string>): string {
  if (!taken.has(title)) return title;
  for (let n = 2; ; n += 1) {
    const number = ` (${n})`;
    const next = `${title.slice(0, TITLE_MAX_CHARS - number.length).trimEnd()}${number}`;
    if (!taken.has(next)) return next;
  }
}

/** Sources that are events of this batch, each once, in the draft's order. */
function known(sources: readonly string[], events: ReadonlyMap<string, StoredEvent>): string[] {
  return [...new Set(sources)].filter((key) => events.has(key));
}

function stampOf(row: SessionRow, events: readonly StoredEvent[], promptNumber: number): Stamp {
  return {
    session: sessionPath(row),
    agent: row.agent,
    actor: row.actor,
    branch: row.branch,
    commit: row.commit,
    prompt_number: promptNumber,
    created_at: Math.min(...events.map((event) => event.at)),
  };
}

/** A turn's summary stands on its closing message, its request, and the notices it went through. */
function stampSummary(
  from: Pick<Unfinished, "row" | "events" | "author" | "summaryAuthor">,
  draft: DraftSummary,
  request: Request,
  own: readonly string[],
): NewSummary {
  const closing = from.events.filter((event) => event.kind === "turn_end");
  const sources = new Set([
    ...own,
    ...closing.map((event) => event.key),
    ...promptKeys(from.events, request),
  ]);
  const events = from.events.filter((event) => sources.has(event.key));
  return {
    ...draft,
    request: draft.request === "" ? firstLine(request.text) : draft.request,
    sources: [...sources],
    ...stampOf(from.row, events.length > 0 ? events : from.events, request.n),
    ...(from.summaryAuthor ?? from.author),
  };
}

/** The request's own key, and those of the notices up to the batch's end. */
function promptKeys(events: readonly StoredEvent[], request: Request): string[] {
  const last = Math.max(request.n, ...events.map((event) => event.promptNumber));
  return Array.from({ length: last - request.n + 1 }, (_, i) => `prompt:${request.n + i}`);
}

function firstLine(text: string): string {
  return (text.trim().split("\n")[0] ?? "").slice(0, 300);
}

function promptOf(row: SessionRow, event: StoredEvent): NewPrompt[] {
  if (event.kind !== "prompt" || event.skip !== null || isNotice(row.agent, event)) {
    return [];
  }
  return [
    {
      ...stampOf(row, [event], event.promptNumber),
      text: event.body.text.slice(0, PROMPT_TEXT_MAX_CHARS),
      sources: [event.key],
    },
  ];
}

/** Files of the tool events themselves, never from a model's word; modified ones are not also read. */
function filesOf(
  events: readonly StoredEvent[],
  root: string | null,
): { files_read: string[]; files_modified: string[] } {
  const read = new Set<string>();
  const modified = new Set<string>();
  for (const event of events) {
    if (event.kind !== "tool_use" && event.kind !== "tool_failure") continue;
    for (const file of event.body.files_read) read.add(relativePath(root, file));
    // A failed edit has modified nothing.
    const changed = event.kind === "tool_use" ? modified : read;
    for (const file of event.body.files_modified) changed.add(relativePath(root, file));
  }
  return {
    files_read: [...read].filter((file) => !modified.has(file)),
    files_modified: [...modified],
  };
}

/**
 * The summary of a turn that ended without a closing message (an interrupt, a crash, a lost hook):
 * what its observations say.
 */
export function summaryWithoutClosing(
  row: SessionRow,
  request: Request,
  observations: readonly NewObservation[],
  requestedAt: number,
): NewSummary {
  const titles = (types: readonly string[], wanted: boolean) =>
    observations
      .filter((observation) => types.includes(observation.type) === wanted)
      .map((observation) => observation.title)
      .join("; ");
  const looking = ["discovery"];
  return {
    request: firstLine(request.text),
    investigated: titles(looking, true),
    learned: "",
    completed: titles(looking, false),
    next_steps: "",
    sources: [
      ...new Set([`prompt:${request.n}`, ...observations.flatMap((o) => o.sources.slice(0, 1))]),
    ],
    session: sessionPath(row),
    agent: row.agent,
    actor: row.actor,
    branch: row.branch,
    commit: row.commit,
    prompt_number: request.n,
    created_at: requestedAt,
    provider: "extractive",
    model: null,
    degraded: null,
  };
}
