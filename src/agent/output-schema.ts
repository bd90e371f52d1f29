/** What the model has to answer, and how its answer becomes drafts: the shape strictly, the rest leniently. */
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { z } from "zod";
import {
  CONCEPTS,
  type Concept,
  OBSERVATION_TYPES,
  type ObservationType,
} from "../contract/vocabulary.ts";
import type { StoredEvent } from "../memory/event.ts";
import type {
  Correction,
  DraftObservation,
  DraftOpenPoint,
  DraftSummary,
} from "../memory/observation.ts";
import type { PromptRefs } from "./prompt.ts";
import type { ClosedPoint, ObserverBatch, ObserverResult } from "./provider.ts";
import { activityOf, isToolEvent } from "./rules/activity.ts";
import { decidedBy } from "./rules/decisions.ts";
import { TITLE_MAX } from "./rules/draft.ts";
import { indexTextOf, indexTextOfActivities } from "./rules/index-text.ts";
import { shorten } from "./rules/prose.ts";

const LINE_MAX_CHARS = 200;
const TEXT_MAX_CHARS = 900;
const FACTS_MAX = 6;
const REASON_MAX_CHARS = 160;
const ASKED_AS_MAX = 2;
const OPEN_POINTS_MAX = 8;

const text = () => z.string();
const texts = () => z.array(z.string());

/** Types and concepts are plain strings here: the prompt lists them, and a stray one is mapped. */
const OutputSchema = z.object({
  observations: z.array(
    z.object({
      type: text(),
      title: text(),
      subtitle: text(),
      narrative: text(),
      facts: texts(),
      concepts: texts(),
      refs: texts(),
      asked_as: texts(),
    }),
  ),
  open_points: z.array(z.object({ text: text(), ref: text() })),
  closed: z.array(z.object({ point: text(), ref: text() })),
  wrong: z.array(z.object({ noted: text(), why: text() })),
  summary: z
    .object({ request: text(), investigated: text(), learned: text(), completed: text() })
    .nullable(),
});

export type ModelOutput = z.infer<typeof OutputSchema>;

/** `error` is in our words, with paths of fields and none of the answer. */
export type ReadOutput = { ok: true; output: ModelOutput } | { ok: false; error: string };

/** The JSON in an answer: where no server holds them to it, models put it into a fence or between sentences. */
function jsonIn(content: string): string {
  const from = content.indexOf("{");
  return from < 0 ? content : content.slice(from, content.lastIndexOf("}") + 1);
}

/** Parses an answer. Never throws: a call whose answer is no use still has its usage to be counted. */
export function readOutput(content: string): ReadOutput {
  let value: unknown;
  try {
    value = JSON.parse(jsonIn(content));
  } catch {
    return { ok: false, error: "it was not valid JSON" };
  }
  const read = OutputSchema.safeParse(value);
  if (read.success) return { ok: true, output: read.data };
  const issues = read.error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join(".") || "the answer"}: ${issue.message}`);
  return { ok: false, error: `it was not of the schema (${issues.join("; ")})` };
}

/** The schema that an answer has to be of, in the subset that APIs take. Part of what each call says alike. */
export const OUTPUT_SCHEMA: Record<string, unknown> = zodOutputFormat(OutputSchema).schema;

function slug(word: string): string {
  return word
    .toLowerCase()
    .replace(/[^a-z]+/g, "-")
    .replace(/^-|-$/g, "");
}

/** Words that models use for our types. What is none of them is a `change`. */
const TYPE_SYNONYMS: Record<string, ObservationType> = {
  "bug-fix": "bugfix",
  bug: "bugfix",
  fix: "bugfix",
  refactoring: "refactor",
  finding: "discovery",
  insight: "discovery",
  learning: "discovery",
  vulnerability: "security",
};

function typeOf(word: string): ObservationType {
  const name = slug(word);
  return OBSERVATION_TYPES.find((type) => type === name) ?? TYPE_SYNONYMS[name] ?? "change";
}

function conceptsOf(words: readonly string[]): Concept[] {
  const named = new Set(words.map(slug));
  return CONCEPTS.filter((concept) => named.has(concept));
}

/** How else somebody may ask, and the telling words of the events behind `sources`: never shown. */
function indexText(
  asked: readonly string[],
  sources: readonly string[],
  batch: ObserverBatch,
): string {
  const cited = batch.events.filter((event) => sources.includes(event.key));
  const tools = cited.filter(isToolEvent);
  const bodies = new Map(tools.map((event) => [event.key, event.body]));
  const activities = tools.map((event) => activityOf(event, batch.root));
  return indexTextOf([
    ...asked.slice(0, ASKED_AS_MAX).map((line) => shorten(line, LINE_MAX_CHARS)),
    indexTextOfActivities(activities, bodies),
    ...cited.flatMap((event) => (isToolEvent(event) ? [] : [event.body.text])),
  ]);
}

/** `title`, told apart from those in `taken` (lower case), to which it is added. */
function newTitle(title: string, subtitle: string, taken: Set<string>): string {
  const plain = shorten(title, TITLE_MAX);
  let free = taken.has(plain.toLowerCase()) ? shorten(`${title}: ${subtitle}`, TITLE_MAX) : plain;
  for (let n = 2; taken.has(free.toLowerCase()); n += 1) {
    free = `${shorten(title, TITLE_MAX - 6)} (${n})`;
  }
  taken.add(free.toLowerCase());
  return free;
}

/** `[e1]` and `e1 ` as models write them, as `e1`. */
const bare = (ref: string): string => ref.trim().replace(/^\[|\]$/g, "");

/** What stands behind refs, in the order given, each once; refs that were never given are dropped. */
function behind<Value>(refs: readonly string[], known: ReadonlyMap<string, Value>): Value[] {
  const values = refs.map((ref) => known.get(bare(ref)));
  return [...new Set(values.filter((value) => value !== undefined))];
}

/** What closes or sums up a turn comes before what began it: the most telling first. */
const SUMMARY_KINDS: StoredEvent["kind"][] = ["turn_end", "compaction", "subagent_end", "prompt"];

/** A turn's summary is made from what people and agents said, else from the last thing done. */
function summarySources(events: readonly StoredEvent[]): string[] {
  const said = SUMMARY_KINDS.flatMap((kind) => events.filter((event) => event.kind === kind));
  return (said.length > 0 ? said : events.slice(-1)).map((event) => event.key);
}

/** An answer as drafts. What it says nothing about is in none of them. */
export type Drafts = Required<
  Pick<ObserverResult, "observations" | "summary" | "openPoints" | "closes" | "corrects">
>;

/**
 * Drafts from a model's answer: refs become event keys, what is too long is cut, what is on no
 * list is mapped or dropped. What is left without a source is dropped.
 */
export function toDrafts(output: ModelOutput, batch: ObserverBatch, refs: PromptRefs): Drafts {
  const openPoints = batch.turn.ends ? openPointsOf(output, refs) : [];
  return {
    observations: observationsOf(output, batch, refs),
    summary: batch.turn.ends ? summaryOf(output, openPoints, batch) : null,
    openPoints,
    closes: closesOf(output, refs),
    corrects: correctsOf(output, refs),
  };
}

function observationsOf(
  output: ModelOutput,
  batch: ObserverBatch,
  refs: PromptRefs,
): DraftObservation[] {
  const taken = new Set(batch.recentTitles.map((title) => title.toLowerCase()));
  return output.observations.flatMap((item) => {
    const sources = behind(item.refs, refs.events);
    if (sources.length === 0 || item.title.trim() === "") return [];
    const type = typeOf(item.type);
    return [
      {
        type,
        title: newTitle(item.title, item.subtitle, taken),
        subtitle: shorten(item.subtitle, LINE_MAX_CHARS),
        narrative: shorten(item.narrative, TEXT_MAX_CHARS),
        facts: item.facts
          .map((fact) => shorten(fact, LINE_MAX_CHARS))
          .filter((fact) => fact !== "")
          .slice(0, FACTS_MAX),
        concepts: conceptsOf(item.concepts),
        sources,
        index_text: indexText(item.asked_as, sources, batch),
        ...(type === "decision" ? answered(sources, batch) : {}),
      },
    ];
  });
}

/** The question that a decision answers, where its sources asked the person one. */
function answered(
  sources: readonly string[],
  batch: ObserverBatch,
): Pick<DraftObservation, "decides"> {
  const asked = batch.events
    .filter((event) => sources.includes(event.key))
    .filter(isToolEvent)
    .flatMap((event) => {
      const decides = decidedBy(activityOf(event, batch.root), event.body);
      return decides === null ? [] : [{ decides }];
    });
  return asked.length === 1 ? (asked[0] ?? {}) : {};
}

function openPointsOf({ open_points: points }: ModelOutput, refs: PromptRefs): DraftOpenPoint[] {
  return points
    .map(({ text, ref }) => ({
      text: shorten(text, LINE_MAX_CHARS),
      sources: behind([ref], refs.events),
    }))
    .filter(({ text, sources }) => text !== "" && sources.length > 0)
    .slice(0, OPEN_POINTS_MAX);
}

function closesOf({ closed }: ModelOutput, refs: PromptRefs): ClosedPoint[] {
  return closed.flatMap(({ point, ref }) => {
    const [index] = behind([point], refs.left);
    const [proof] = behind([ref], refs.events);
    return index === undefined || proof === undefined ? [] : [{ index, proof }];
  });
}

function correctsOf({ wrong }: ModelOutput, refs: PromptRefs): Correction[] {
  return wrong.flatMap(({ noted, why }) =>
    behind([noted], refs.noted).map(({ key, text }) => ({
      source: key,
      text,
      reason: shorten(why, REASON_MAX_CHARS) || "No longer true",
    })),
  );
}

function summaryOf(
  { summary: told }: ModelOutput,
  openPoints: readonly DraftOpenPoint[],
  batch: ObserverBatch,
): DraftSummary | null {
  if (told === null) return null;
  return {
    request: shorten(told.request, TEXT_MAX_CHARS),
    investigated: shorten(told.investigated, TEXT_MAX_CHARS),
    learned: shorten(told.learned, TEXT_MAX_CHARS),
    completed: shorten(told.completed, TEXT_MAX_CHARS),
    next_steps: shorten(openPoints.map(({ text }) => text).join("; "), TEXT_MAX_CHARS),
    sources: summarySources(batch.events),
  };
}
