/** What a session starts with: gathered, chosen by worth, rendered in groups. */

import type { ContextAnswer, ToldCounts } from "../../../contract/calls.ts";
import { CONTEXT_MAX_CHARS, CONTEXT_TOKENS } from "../../../contract/limits.ts";
import type { ContextChoice } from "../../../contract/recall.ts";
import type { ProjectRef } from "../../../memory/delivery.ts";
import { ageOf } from "../../../platform/time.ts";
import { rank } from "../search/search.ts";
import { evergreenItems, listItems, newestNumber } from "../store/item-queries.ts";
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
import { tellingWords } from "./gist.ts";
import { leftThen, newsOfPoints, renderPoints } from "./left-open.ts";
import {
  type Asking,
  frame,
  howToGetMore,
  preamble,
  renderEarlier,
  renderGist,
  renderSummary,
} from "./render.ts";
import { type Candidate, type Choice, type Group, groupOf, select } from "./selection.ts";
import { sessionsWork } from "./sessions-work.ts";

export interface ContextQuery extends Known {
  /** Budget of the text, 4 characters each; default 2,000. */
  tokens?: number;
  query?: string;
  /** Other phrasings of it. */
  also?: readonly string[];
  branch?: string;
  /** Paths at hand. */
  files?: string[];
  /** The command to name in the text; without it, MCP tools only. */
  cli?: string;
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
/** Sessions before the last one, of which a line is shown where the budget has room for it. */
const EARLIER_SESSIONS = 4;
const EARLIER_FROM_CHARS = 4000;
/** Share of the budget for where the last work stopped. */
const SUMMARY_SHARE = 0.25;
/** One observation's line: what it says in a sentence or two. */
const LINE_MAX_CHARS = 380;

/** The groups of a context, in their order. */
const GROUPS: readonly { group: Group; heading: string }[] = [
  { group: "standing", heading: "Decisions and constraints that stand" },
  { group: "found", heading: "Findings and fixes" },
  { group: "built", heading: "What was built" },
];

/** The context of a session's start. Empty text where there is nothing to tell. */
export function context(view: View, query: ContextQuery): ContextAnswer {
  const until = newestNumber(view);
  const { project, now } = query;
  const asking: Asking = { now, reader: view.reader?.person ?? null };
  const limit = Math.min(
    CONTEXT_MAX_CHARS,
    Math.max(CONTEXT_MIN_CHARS, (query.tokens ?? CONTEXT_TOKENS) * 4),
  );
  const { last, earlier } = sessionsWork(view, query);
  const stopped =
    last === null
      ? ""
      : renderSummary(
          last,
          itemId(project, last.n),
          asking,
          // What is open has its own lines; a session without points is of an older release.
          leftThen(view, last.session, now) ?? last.content.next_steps,
          limit * SUMMARY_SHARE,
        );
  const news = newsOfPoints(view, query);
  const points = renderPoints(news, project, asking);
  const indexed = earlier.slice(0, limit < EARLIER_FROM_CHARS ? 0 : EARLIER_SESSIONS);
  const index = indexed.map((row) => renderEarlier(row, itemId(project, row.n), asking));
  const gathered = gather(view, query);
  const lines = new Map<number, string>();
  const latest = latestWork(gathered);
  const candidates = gathered.map(({ row, times, touchesFile, queryRank }): Candidate => {
    const line = renderGist(row, itemId(project, row.n), times, asking, LINE_MAX_CHARS);
    lines.set(row.n, line);
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
      hasSessionLine:
        row.session !== latest && indexed.some(({ session }) => session === row.session),
      lineChars: line.length + 1,
      words: tellingWords(line.slice(line.indexOf(" · "))),
    };
  });
  const rows = new Map(gathered.map(({ row }) => [row.n, row]));
  const compose = (groups: string[]) =>
    frame([
      preamble(project.name),
      ...points,
      stopped,
      ...groups,
      ...(index.length === 0 ? [] : ["Earlier sessions, one line each:", ...index]),
      howToGetMore(query.cli),
    ]);
  const headings = GROUPS.reduce((sum, { heading }) => sum + heading.length + AGE_CHARS, 0);
  const choices = select(candidates, {
    chars: limit - compose([]).length - headings,
    branch: query.branch ?? null,
    newestAt: Math.max(...candidates.map(({ createdAt }) => createdAt)),
    told: tellingWords([...points, stopped].join("\n")),
  });
  const chosen = choices
    .filter(({ shown }) => shown === "line")
    .flatMap(({ n }) => rows.get(n) ?? []);
  const explained =
    query.explain === true ? { choices: explain(project, last, choices, rows) } : {};
  if (stopped === "" && points.length === 0 && chosen.length === 0)
    return { ...nothingToTell(until), ...explained };
  const groups = GROUPS.map(({ group }) => chosen.filter(({ type }) => groupOf(type) === group));
  const text = compose(
    groups.flatMap((members, at) => renderGroup(GROUPS[at]?.heading ?? "", members, lines, now)),
  );
  const [standing = [], found = [], built = []] = groups;
  const told: ToldCounts = {
    open_points: news.points.length + news.more,
    decisions: standing.length,
    findings: found.length,
    changes: built.length,
    sessions: new Set(
      [...news.points, last, ...indexed, ...chosen].flatMap((row) => row?.session ?? []),
    ).size,
  };
  return {
    text,
    told,
    tokens: tokensOf(text),
    observations: groups.flat().map(({ n }) => itemId(project, n)),
    until,
    ...explained,
  };
}

/** Room for ` (41 wk to 43 wk ago):` behind a heading. */
const AGE_CHARS = 32;

/** A heading with the age of what stands below it, and its lines. */
function renderGroup(
  heading: string,
  members: readonly ObservationRow[],
  lines: ReadonlyMap<number, string>,
  now: number,
): string[] {
  if (members.length === 0) return [];
  const times = members.map(({ created_at }) => created_at);
  const newest = ageOf(Math.max(...times), now);
  const oldest = ageOf(Math.min(...times), now);
  const age = newest === oldest ? newest : `${newest} to ${oldest}`;
  return [`${heading} (${age}):`, ...members.map(({ n }) => lines.get(n) ?? "")];
}

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
          also: query.also ?? [],
          plain: true,
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
    listItems(view, { kind: "observation", activity: false }, null, RECENT),
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

/** The session that built something last; where none did, that of the newest observation. */
function latestWork(gathered: readonly Gathered[]): string | null {
  const built = gathered.filter(({ row }) => groupOf(row.type) === "built");
  const newest = (built.length > 0 ? built : gathered)
    .map(({ row }) => row)
    .reduce<ObservationRow | null>(
      (found, row) => (found === null || row.created_at > found.created_at ? row : found),
      null,
    );
  return newest?.session ?? null;
}

function explain(
  project: ProjectRef,
  summary: SummaryRow | null,
  choices: Choice[],
  rows: Map<number, ObservationRow>,
): ContextChoice[] {
  const first: ContextChoice[] =
    summary === null
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
