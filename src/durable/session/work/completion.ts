/**
 * From what a provider made of a batch to what a project is told: stamped by us, with files from
 * the tool events themselves, citing only events of the batch and those before it that it ends. Pure.
 */

import type { Author } from "../../../agent/observer.ts";
import type { ObserverResult } from "../../../agent/provider.ts";
import { isNotice } from "../../../hooks/stamps.ts";
import type { Delivery } from "../../../memory/delivery.ts";
import type { StoredEvent } from "../../../memory/event.ts";
import type {
  DraftOpenPoint,
  DraftSummary,
  KnownPoint,
  NewObservation,
  NewOpenPoint,
  NewPrompt,
  NewSummary,
  PointClosing,
  Stamp,
} from "../../../memory/observation.ts";
import { relativePath } from "../../../memory/paths.ts";
import { sessionPath } from "../../../memory/session-name.ts";
import { sourceKindOf, typeFor } from "../../../memory/source-kind.ts";
import { placeOf } from "../../../memory/work-place.ts";
import { truncate } from "../../../platform/truncate.ts";
import type { SessionRow } from "../session-row.ts";
import type { Request } from "./request.ts";
import type { SeenBatch } from "./seen-batch.ts";

/** A prompt's text as memory keeps it: what was asked, not what was pasted below it. */
const PROMPT_TEXT_MAX_CHARS = 4_000;

/** A request as a summary names it, where nobody put it better. */
const REQUEST_MAX_CHARS = 300;

/** Longest title, in characters. */
const TITLE_MAX_CHARS = 90;

export interface Finished {
  delivery: Delivery;
  /** Event key -> reason, of those that no observation and no summary was made from. */
  skipped: Record<string, string>;
}

export interface Unfinished {
  row: SessionRow;
  batch: number;
  seen: Pick<SeenBatch, "stored" | "shown" | "request">;
  /** The events with these keys that stand before the batch: what was left open is told late. */
  earlier: (keys: string[]) => StoredEvent[];
  result: Pick<
    ObserverResult,
    "observations" | "summary" | "skipped" | "openPoints" | "closes" | "corrects"
  >;
  author: Author;
  /** Index of an observation -> its author, where that is another. */
  otherAuthors: Record<number, Author>;
  /** The summary's author, where that is another. */
  summaryAuthor: Author | null;
  /** Titles of the session so far: none is given twice. */
  takenTitles: ReadonlySet<string>;
  /** The project's open points as the provider knew them. */
  points: readonly KnownPoint[];
}

/** Puts the platform's stamp on a batch's results. */
export function finishResults(from: Unfinished): Finished {
  const { row, result } = from;
  const { stored, shown, request } = from.seen;
  const byKey = sourcesOf(from);
  const cited = new Set<string>();
  const observations: NewObservation[] = [];
  const titles = new Set(from.takenTitles);
  for (const [i, draft] of result.observations.entries()) {
    const sources = known(draft.sources, byKey);
    const first = sources[0];
    if (first === undefined) continue;
    const events = sources.flatMap((key) => byKey.get(key) ?? []);
    for (const key of sources) cited.add(key);
    const title = distinctTitle(draft.title, titles);
    titles.add(title);
    const source_kind = sourceKindOf(events);
    observations.push({
      ...draft,
      type: typeFor(draft.type, source_kind),
      source_kind,
      title,
      sources,
      ...stampOf(row, byKey.get(first)?.promptNumber ?? 0, events),
      ...filesOf(events, row.root),
      ...(from.otherAuthors[i] ?? from.author),
    });
  }
  const summaries: NewSummary[] = [];
  if (result.summary !== null && request !== null) {
    const own = known(result.summary.sources, byKey);
    const summary = stampSummary(from, result.summary, request, own);
    for (const key of summary.sources) cited.add(key);
    summaries.push(summary);
  }
  const openPoints = (result.openPoints ?? []).flatMap((draft) =>
    stampPoint(row, { ...draft, sources: known(draft.sources, byKey) }, byKey),
  );
  for (const key of openPoints.flatMap(({ sources }) => sources)) cited.add(key);
  const prompts = stored.flatMap((event) => promptOf(row, event));
  const skipped: Record<string, string> = {};
  for (const event of stored) {
    const teller = shown.toldBy.get(event.key) ?? event.key;
    if (event.skip !== null || cited.has(teller)) continue;
    const notice = isNotice(row.agent, event);
    // A request is the root of its turn's summary, which comes with the turn's last batch.
    if (event.kind === "prompt" && !notice) continue;
    skipped[event.key] = result.skipped[teller] ?? (notice ? "internal" : "not_cited");
  }
  return {
    delivery: {
      session: sessionPath(row),
      generation: row.generation,
      batch: from.batch,
      observations,
      summaries,
      prompts,
      ...present("openPoints", openPoints),
      ...present("closes", closingsOf(from, byKey)),
      ...present("corrects", result.corrects ?? []),
    },
    skipped,
  };
}

/** True where a delivery has nothing to tell. */
export function isEmpty({ session: _s, generation: _g, batch: _b, ...content }: Delivery): boolean {
  return Object.values(content).every((list) => list.length === 0);
}

/** A field that older releases do not know is left out where it is empty. */
function present<Name extends string, Value>(
  name: Name,
  list: Value[],
): { [name in Name]?: Value[] } {
  return (list.length === 0 ? {} : { [name]: list }) as { [name in Name]?: Value[] };
}

/** What may be cited: the events of the batch, and those before it that its results name. */
function sourcesOf(from: Unfinished): ReadonlyMap<string, StoredEvent> {
  const { observations, openPoints = [] } = from.result;
  const events = new Map(from.seen.stored.map((event) => [event.key, event]));
  const others = [...observations, ...openPoints]
    .flatMap(({ sources }) => sources)
    .filter((key) => !events.has(key));
  if (others.length === 0) return events;
  for (const event of from.earlier(others)) events.set(event.key, event);
  return events;
}

function stampPoint(
  row: SessionRow,
  draft: DraftOpenPoint,
  byKey: ReadonlyMap<string, StoredEvent>,
): NewOpenPoint[] {
  const events = draft.sources.flatMap((key) => byKey.get(key) ?? []);
  const first = events[0];
  if (first === undefined) return [];
  const { actor, prompt_number, created_at } = stampOf(row, first.promptNumber, events);
  return [{ ...draft, actor, prompt_number, created_at }];
}

function closingsOf(from: Unfinished, byKey: ReadonlyMap<string, StoredEvent>): PointClosing[] {
  return (from.result.closes ?? []).flatMap(({ index, proof }) => {
    const point = from.points[index];
    const event = byKey.get(proof);
    if (point === undefined || event === undefined) return [];
    return [{ ...point, proof, closed_at: event.at }];
  });
}

/** The title, or the title with a number where the session has it already. */
function distinctTitle(title: string, taken: ReadonlySet<string>): string {
  if (!taken.has(title)) return title;
  for (let n = 2; ; n += 1) {
    const number = ` (${n})`;
    const next = `${truncate(title, TITLE_MAX_CHARS - number.length).trimEnd()}${number}`;
    if (!taken.has(next)) return next;
  }
}

/** Sources that are among the events, each once, in the draft's order. */
function known(sources: readonly string[], events: ReadonlyMap<string, StoredEvent>): string[] {
  return [...new Set(sources)].filter((key) => events.has(key));
}

/** Time of the earliest, ms since the epoch. */
function earliest(events: readonly StoredEvent[]): number {
  return Math.min(...events.map((event) => event.at));
}

/** `events`: what it was made from, not empty. */
function stampOf(row: SessionRow, promptNumber: number, events: readonly StoredEvent[]): Stamp {
  return {
    session: sessionPath(row),
    agent: row.agent,
    actor: senderOf(row, events),
    ...placeOf(row),
    prompt_number: promptNumber,
    created_at: earliest(events),
  };
}

/** Whose word it is: where anybody but the session's owner sent a part of it, theirs. */
function senderOf(row: SessionRow, events: readonly StoredEvent[]): string {
  return events.find(({ sender }) => sender != null && sender !== row.actor)?.sender ?? row.actor;
}

/** A turn's summary stands on its closing message, its request, and the notices it went through. */
function stampSummary(
  from: Pick<Unfinished, "row" | "seen" | "author" | "summaryAuthor">,
  draft: DraftSummary,
  request: Request,
  own: readonly string[],
): NewSummary {
  const { stored } = from.seen;
  const closing = stored.filter((event) => event.kind === "turn_end");
  const sources = new Set([...own, ...closing.map((event) => event.key), ...request.keys]);
  const events = stored.filter((event) => sources.has(event.key));
  return {
    ...draft,
    request: draft.request === "" ? firstLine(request.text) : draft.request,
    sources: [...sources],
    ...stampOf(from.row, request.n, events.length > 0 ? events : stored),
    ...(from.summaryAuthor ?? from.author),
  };
}

function firstLine(text: string): string {
  return truncate(text.trim().split("\n")[0] ?? "", REQUEST_MAX_CHARS);
}

function promptOf(row: SessionRow, event: StoredEvent): NewPrompt[] {
  if (event.kind !== "prompt" || event.skip !== null || isNotice(row.agent, event)) {
    return [];
  }
  return [
    {
      ...stampOf(row, event.promptNumber, [event]),
      text: truncate(event.body.text, PROMPT_TEXT_MAX_CHARS),
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
  request: Pick<Request, "n" | "text">,
  observations: readonly NewObservation[],
  prompt: StoredEvent,
): NewSummary {
  const foreign = observations.find(({ actor }) => actor !== row.actor);
  const titles = (types: readonly string[], wanted: boolean) =>
    observations
      .filter(({ type, activity }) => types.includes(type) === wanted && activity !== true)
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
    ...stampOf(row, request.n, [prompt]),
    ...(foreign === undefined ? {} : { actor: foreign.actor }),
    provider: "extractive",
    model: null,
    degraded: null,
  };
}
