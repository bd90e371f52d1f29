/** Rows of the table `items`: their fields, the column of each, and what a row is called and about. */
import type {
  Concept,
  ItemKind,
  ObservationType,
  SourceKind,
} from "../../../contract/vocabulary.ts";
import type { DraftObservation, DraftSummary, Stamp } from "../../../memory/observation.ts";
import type { Database } from "../../../platform/database.ts";
import { type Columns, flag, json, plain, Table } from "../../../platform/table.ts";
import { type View, visible } from "./visible.ts";

export interface ObservationContent
  extends Omit<DraftObservation, "type" | "index_text" | "concepts" | "activity"> {
  concepts: Concept[];
  files_read: string[];
  files_modified: string[];
  /** Saved by a session of this other project. */
  saved_from?: string;
  /** Absent from what older releases delivered. */
  source_kind?: SourceKind;
}
export type SummaryContent = DraftSummary;
export interface PromptContent {
  text: string;
  sources: string[];
}
export type Content = ObservationContent | SummaryContent | PromptContent;

/** Which batch brought an item, so that it can be taken back with it. */
export interface Origin {
  generation: number;
  batch: number;
}

/** How an observation stands to others, by their numbers. */
export interface Links {
  /** The first observation of which this one is a repeat. */
  repeats: number | null;
  /** The observation that this one replaces. */
  supersedes: number | null;
}

/** A session took an observation of its own back. */
export interface Withdrawn {
  /** In one short clause: what came to light. */
  reason: string;
  /** The session's batch that showed it. */
  batch: number;
}

/** An item as it goes in, before it has a number. */
export interface NewItem extends Stamp {
  kind: ItemKind;
  type: ObservationType | null;
  /** Stays worth knowing whatever its age. */
  evergreen: boolean;
  provider: string | null;
  model: string | null;
  degraded: string | null;
  content: Content;
  /** Parts of identifiers and CJK pairs: searched, never shown. */
  splitWords: string;
  /** Telling words of the source events: searched, never shown. */
  indexText: string;
  /** Whether an observation is mere activity; null for summaries, prompts and old observations. */
  activity: boolean | null;
}

/** Everything that the table holds of an item. */
interface StoredItem extends NewItem, Origin, Links {
  n: number;
  superseded_by: number | null;
  /** Null where it stands. */
  withdrawn: Withdrawn | null;
}

/** What is only searched by, or only asked for when items are removed. */
type Unread = keyof Origin | "splitWords" | "indexText";
type RowOf<Kind extends ItemKind, KindContent> = Omit<StoredItem, Unread> & {
  kind: Kind;
  type: Kind extends "observation" ? ObservationType : null;
  content: KindContent;
};

export type ObservationRow = RowOf<"observation", ObservationContent>;
export type SummaryRow = RowOf<"summary", SummaryContent>;
export type PromptRow = RowOf<"prompt", PromptContent>;
/** A row as it is read. */
export type ItemRow = ObservationRow | SummaryRow | PromptRow;

/** A field of the stamp that has no column does not compile. */
const STAMP_COLUMNS: Columns<Stamp> = {
  session: plain("session"),
  agent: plain("agent"),
  actor: plain("actor"),
  branch: plain("branch"),
  commit: plain("commit_id"),
  prompt_number: plain("prompt_number"),
  created_at: plain("created_at"),
};

const COLUMNS: Columns<StoredItem> = {
  n: plain("n"),
  kind: plain("kind"),
  type: plain("type"),
  ...STAMP_COLUMNS,
  generation: plain("generation"),
  batch: plain("batch"),
  evergreen: flag("standing"),
  repeats: plain("repeats"),
  supersedes: plain("supersedes"),
  superseded_by: plain("superseded_by"),
  withdrawn: json("withdrawn"),
  provider: plain("provider"),
  model: plain("model"),
  degraded: plain("degraded"),
  content: json("content"),
  splitWords: plain("split_words"),
  indexText: plain("index_text"),
  activity: {
    name: "activity",
    read: (stored) => (stored === null ? null : stored === 1),
    write: (value) => (value === null ? null : Number(value)),
  },
};

const UNREAD: readonly string[] = [
  "generation",
  "batch",
  "splitWords",
  "indexText",
] satisfies Unread[];
const READ = Object.keys(COLUMNS).filter((field) => !UNREAD.includes(field)) as Exclude<
  keyof StoredItem,
  Unread
>[];

/** The table `items`: whoever reads or writes whole rows does it through this. */
export function itemTable(db: Database): Table<StoredItem> {
  return new Table(db, "items", COLUMNS);
}

/** What picks rows of `items`, which is aliased `i`. */
export interface Selection {
  hint?: string;
  where: string;
  /** ORDER BY and LIMIT. */
  rest?: string;
}

/** The rows that are picked, without those that may not be seen. */
export function selectItems(
  { db, reader }: View,
  { hint = "", where, rest = "" }: Selection,
  ...values: (string | number)[]
): ItemRow[] {
  const clause = `i ${hint} WHERE ${visible(reader, "i.n")} AND ${where} ${rest}`;
  // Which content a row has, its kind tells: `new-item.ts` wrote both.
  return itemTable(db).select(READ, clause, ...values) as ItemRow[];
}

/** The stamp alone of whatever carries one. */
export function stampOf(item: Stamp): Stamp {
  const fields = Object.keys(STAMP_COLUMNS) as (keyof Stamp)[];
  return Object.fromEntries(fields.map((field) => [field, item[field]])) as unknown as Stamp;
}

/** The heading of an item: an observation's title, a summary's request, a prompt's text. */
export function titleOf(row: ItemRow): string {
  if (row.kind === "observation") return row.content.title;
  return row.kind === "summary" ? row.content.request : row.content.text;
}

/** What is shown of an item beside its title, in the order of telling. */
export function bodyOf(row: ItemRow): string[] {
  switch (row.kind) {
    case "observation": {
      const { subtitle, narrative, facts } = row.content;
      return [subtitle, narrative, ...facts].filter((part) => part !== "");
    }
    case "summary": {
      const { investigated, learned, completed, next_steps } = row.content;
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
