/** What a session starts with: gathered, chosen by worth, rendered. */

import type { ContextAnswer } from "../../../contract/calls.ts";
import { CONTEXT_MAX_CHARS, CONTEXT_TOKENS } from "../../../contract/limits.ts";
import type { ContextChoice } from "../../../contract/recall.ts";
import type { ProjectRef } from "../../../memory/delivery.ts";
import { rank } from "../search/search.ts";
import { evergreenItems, listItems, newestNumber, newestSummaries } from "../store/item-queries.ts";
import type { ItemRow, ObservationRow, SummaryRow } from "../store/item-row.ts";
import { HAND } from "../store/new-item.ts";
import { itemId, tokensOf } from "../store/show-item.ts";
import type { View } from "../store/visible.ts";
import {
  findByFile,
  foldRepeats,
  isEligible,
  isObservation,
  type Known,
  nothingToTell,
} from "./eligibility.ts";
import {
  frame,
  HOW_TO_GET_MORE,
  preamble,
  renderEarlier,
  renderFull,
  renderLine,
  renderSummary,
} from "./render.ts";
import { type Candidate, type Choice, select } from "./selection.ts";

export interface ContextQuery extends Known {
  /** Budget of the text, 4 characters each; default 2,000. */
  tokens?: number;
  query?: string;
  branch?: string;
  /** Paths at hand. */
  files?: string[];
  now: number;
  /** Also answer with each choice and its reasons. */
  explain?: boolean;
}

const CONTEXT_MIN_CHARS = 800;

const RECENT = 120;
const EVERGREEN = 60;
const OF_FILE = 12;
const FILES_MAX = 8;
const OF_QUERY = 12;
const SUMMARIES = 8;
/** Turns before the last one, of which a line is shown where the budget has room for it. */
const EARLIER_SUMMARIES = 2;
const EARLIER_FROM_CHARS = 4000;
/** Shares of the budget. */
const SUMMARY_SHARE = 0.3;
const FULL_SHARE = 0.4;

/** The context of a session's start. Empty text where there is nothing to tell. */
export function context(view: View, query: ContextQuery): ContextAnswer {
  const until = newestNumber(view);
  const { project, now } = query;
  const limit = Math.min(
    CONTEXT_MAX_CHARS,
    Math.max(CONTEXT_MIN_CHARS, (query.tokens ?? CONTEXT_TOKENS) * 4),
  );
  const gathered = gather(view, query);
  const [summary, ...earlier] = tellingSummaries(view, query);
  const shownSummary =
    summary === undefined
      ? ""
      : [
          renderSummary(summary, itemId(project, summary.n), now, limit * SUMMARY_SHARE),
          ...earlier
            .slice(0, limit < EARLIER_FROM_CHARS ? 0 : EARLIER_SUMMARIES)
            .map((row) => renderEarlier(row, itemId(project, row.n), now)),
        ].join("\n");
  const fixed = frame([
    preamble(project.name),
    shownSummary,
    HEADING_FULL,
    HEADING_LINES,
    HOW_TO_GET_MORE,
  ]);
  const lines = new Map<number, string>();
  const fulls = new Map<number, string>();
  const candidates = gathered.map(({ row, times, touchesFile, queryRank }): Candidate => {
    const id = itemId(project, row.n);
    const line = renderLine(row, id, times, now);
    const full = renderFull(row, id, times, now);
    lines.set(row.n, line);
    fulls.set(row.n, full);
    return {
      n: row.n,
      type: row.type,
      concepts: row.content.concepts,
      createdAt: row.created_at,
      branch: row.branch,
      byHand: row.provider === HAND,
      evergreen: row.evergreen,
      times,
      touchesFile,
      queryRank,
      lineChars: line.length + 1,
      fullChars: full.length + 1,
    };
  });
  const chars = limit - fixed.length;
  const choices = select(candidates, {
    chars,
    fullChars: Math.floor(limit * FULL_SHARE),
    branch: query.branch ?? null,
    now,
  });
  const rows = new Map(gathered.map(({ row }) => [row.n, row]));
  const full = choices.filter(({ shown }) => shown === "full");
  const brief = newestFirst(
    choices.filter(({ shown }) => shown === "line"),
    rows,
  );
  const explained =
    query.explain === true ? { choices: explain(project, summary, choices, rows) } : {};
  if (shownSummary === "" && full.length + brief.length === 0)
    return { ...nothingToTell(until), ...explained };
  const text = frame([
    preamble(project.name),
    shownSummary,
    full.length === 0 ? "" : HEADING_FULL,
    ...full.map(({ n }) => fulls.get(n) ?? ""),
    brief.length === 0 ? "" : HEADING_LINES,
    ...brief.map(({ n }) => lines.get(n) ?? ""),
    HOW_TO_GET_MORE,
  ]);
  const shown = [...full, ...brief].map(({ n }) => itemId(project, n));
  return { text, tokens: tokensOf(text), observations: shown, until, ...explained };
}

const HEADING_FULL = "Worth knowing:";
const HEADING_LINES = "More, newest first (id · age · type · title):";

interface Gathered {
  row: ObservationRow;
  times: number;
  touchesFile: boolean;
  queryRank: number | null;
}

/** Everything that could be shown: recent, evergreen, of the files at hand, matching the query. */
function gather(view: View, query: ContextQuery): Gathered[] {
  const ofQuery =
    query.query === undefined || query.query.trim() === ""
      ? []
      : rank(view, {
          project: query.project,
          q: query.query,
          filters: { kind: "observation" },
          limit: OF_QUERY,
          now: query.now,
        })
          .ranked.slice(0, OF_QUERY)
          .map(({ row }) => row);
  const ofFiles = (query.files ?? [])
    .slice(0, FILES_MAX)
    .flatMap((file) => findByFile(view, file).slice(0, OF_FILE));
  const touching = new Set(ofFiles.map(({ n }) => n));
  const queryRank = new Map(ofQuery.map((row, index) => [row.n, index]));
  const rows = new Map<number, ItemRow>();
  const pools = [
    ofQuery,
    ofFiles,
    listItems(view, { kind: "observation" }, null, RECENT),
    evergreenItems(view, EVERGREEN),
  ];
  for (const row of pools.flat()) rows.set(row.n, row);
  const fresh = [...rows.values()].filter((row) => isEligible(row, query)).filter(isObservation);
  return foldRepeats(view, fresh).map(({ row, times, numbers }) => ({
    row,
    times,
    touchesFile: numbers.some((n) => touching.has(n)),
    queryRank: lowest(numbers.map((n) => queryRank.get(n))),
  }));
}

function lowest(ranks: (number | undefined)[]): number | null {
  const known = ranks.filter((one) => one !== undefined);
  return known.length === 0 ? null : Math.min(...known);
}

/** The summaries that say anything, newest first by time. */
function tellingSummaries(view: View, query: ContextQuery): SummaryRow[] {
  return newestSummaries(view, SUMMARIES)
    .filter((row): row is SummaryRow => row.kind === "summary" && isEligible(row, query))
    .filter(({ content: { completed, learned, next_steps } }) =>
      /\S/.test(completed + learned + next_steps),
    )
    .sort((a, b) => b.created_at - a.created_at || b.n - a.n);
}

function newestFirst(choices: Choice[], rows: Map<number, ItemRow>): Choice[] {
  const time = (n: number) => rows.get(n)?.created_at ?? 0;
  return choices.toSorted((a, b) => time(b.n) - time(a.n) || b.n - a.n);
}

function explain(
  project: ProjectRef,
  summary: SummaryRow | undefined,
  choices: Choice[],
  rows: Map<number, ObservationRow>,
): ContextChoice[] {
  const first: ContextChoice[] =
    summary === undefined
      ? []
      : [
          {
            id: itemId(project, summary.n),
            kind: "summary",
            title: summary.content.request,
            shown: "full",
            worth: 10,
            reasons: ["newest summary: where the last work stopped"],
          },
        ];
  return first.concat(
    choices.map(({ n, shown, worth, reasons }) => ({
      id: itemId(project, n),
      kind: "observation",
      title: rows.get(n)?.content.title ?? "",
      shown,
      worth,
      reasons,
    })),
  );
}
