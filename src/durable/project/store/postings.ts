/**
 * What the full-text index knows of words: how often each stands where. It reads the index's own
 * tables (https://www.sqlite.org/fts5.html#the_fts5vocab_virtual_table_module), and asks nobody's
 * leave: its numbers weigh words, and whoever shows an item asks for it with `factsOf`.
 */
import type { ItemKind } from "../../../contract/vocabulary.ts";
import type { Database } from "../../../platform/database.ts";
import { type View, visible } from "./visible.ts";

/** Lets a test see that a statement weighs words and names no item to anybody. */
const STATISTICS = "/* statistics */";

/** A word as the index keeps it; with `prefix`, all that begin so. */
export interface IndexWord {
  text: string;
  prefix: boolean;
}

/** The columns of the index, in its order. */
export const COLUMNS = ["title", "body", "files", "split_words", "index_text"] as const;
/** A place is a column's number times this, and the words before it in that column. */
export const COLUMN_SIZE = 2 ** 20;
const ITEM_SIZE = 2 ** 23;

/** Item number → the places where a word stands in it, in rising order. */
export type Places = ReadonlyMap<number, readonly number[]>;

/** How many items there are, and how many words they have on average. */
export interface IndexTotals {
  items: number;
  words: number;
}

export function indexTotals(db: Database): IndexTotals {
  const row = db.one<{ block: string }>(
    `SELECT hex(block) AS block FROM search_data WHERE id = 1 ${STATISTICS}`,
  );
  const [items = 0, ...words] = varints(row?.block ?? "");
  return { items, words: sum(words) / Math.max(1, items) };
}

/** In how many items each word stands; 0 for those that stand nowhere, as an upper limit for prefixes. */
export function countItems(db: Database, words: readonly IndexWord[]): Map<string, number> {
  const counts = new Map(words.map(({ text }) => [text, 0]));
  const whole = words.filter(({ prefix }) => !prefix).map(({ text }) => text);
  const rows = db.all<{ term: string; items: number }>(
    `SELECT term, doc AS items FROM vocabulary
     WHERE term IN (SELECT value FROM json_each(?)) ${STATISTICS}`,
    JSON.stringify(whole),
  );
  for (const { term, items } of rows) counts.set(term, items);
  for (const { text, prefix } of words) {
    if (!prefix) continue;
    const row = db.one<{ items: number | null }>(
      `SELECT sum(doc) AS items FROM vocabulary WHERE term >= ? AND term < ? ${STATISTICS}`,
      ...range(text),
    );
    counts.set(text, row?.items ?? 0);
  }
  return counts;
}

/** Everything where a word stands. Costs as much as it stands somewhere: ask `countItems` before. */
export function placesOf(db: Database, { text, prefix }: IndexWord): Places {
  // One row of text crosses over to here much faster than thousands of rows do.
  const row = db.one<{ places: string | null }>(
    `SELECT group_concat(doc * ${ITEM_SIZE} + ${COLUMN_NUMBER} * ${COLUMN_SIZE} + offset) AS places
     FROM postings WHERE ${prefix ? "term >= ? AND term < ?" : "term = ?"} ${STATISTICS}`,
    ...(prefix ? range(text) : [text]),
  );
  const places = new Map<number, number[]>();
  for (const packed of numbersIn(row?.places ?? "")) {
    const n = Math.floor(packed / ITEM_SIZE);
    const known = places.get(n);
    if (known === undefined) places.set(n, [packed % ITEM_SIZE]);
    else known.push(packed % ITEM_SIZE);
  }
  return places;
}

/** Stands for all columns: where a word stands in the item is not known. */
const SOMEWHERE = COLUMNS.length * COLUMN_SIZE;

/** The items in which a word stands, without where: a fraction of what `placesOf` costs. */
export function itemsWith(db: Database, { text, prefix }: IndexWord): Places {
  const row = db.one<{ items: string | null }>(
    `SELECT group_concat(doc) AS items FROM (
       SELECT DISTINCT doc FROM postings WHERE ${prefix ? "term >= ? AND term < ?" : "term = ?"}
     ) ${STATISTICS}`,
    ...(prefix ? range(text) : [text]),
  );
  return new Map(numbersIn(row?.items ?? "").map((n) => [n, [SOMEWHERE]]));
}

// No two of the columns begin alike.
const COLUMN_NUMBER = `(instr('${COLUMNS.map((name) => name[0]).join("")}', substr(col, 1, 1)) - 1)`;

function range(prefix: string): [string, string] {
  return [prefix, `${prefix}\u{10FFFF}`];
}

/** What scoring has to know of an item. */
export interface ItemFacts {
  n: number;
  kind: ItemKind;
  session: string;
  activity: boolean;
  /** Words of all its columns. */
  words: number;
  /** Words of its title and body: what is shown of it. */
  shownWords: number;
  /** Words of the source events: searched, never shown. */
  indexWords: number;
}

/** Those of the items that may be seen. */
export function factsOf({ db, reader }: View, numbers: readonly number[]): ItemFacts[] {
  const rows = db.all<{
    n: number;
    kind: ItemKind;
    session: string;
    activity: number | null;
    sizes: string;
  }>(
    `SELECT i.n, i.kind, i.session, i.activity, hex(s.sz) AS sizes
     FROM items i JOIN search_docsize s ON s.id = i.n
     WHERE i.n IN (SELECT value FROM json_each(?)) AND ${visible(reader, "i.n")}`,
    JSON.stringify(numbers),
  );
  return rows.map(({ n, kind, session, activity, sizes }) => {
    const words = varints(sizes);
    const [title = 0, body = 0] = words;
    return {
      n,
      kind,
      session,
      activity: activity === 1,
      words: sum(words),
      shownWords: title + body,
      indexWords: words[COLUMNS.indexOf("index_text")] ?? 0,
    };
  });
}

/** SQLite's variable-length integers: seven bits a byte, the highest first, all but the last marked. */
function varints(hex: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  for (let at = 0; at < hex.length; at += 2) {
    const byte = Number.parseInt(hex.slice(at, at + 2), 16);
    value = value * 128 + (byte & 127);
    if (byte < 128) {
      numbers.push(value);
      value = 0;
    }
  }
  return numbers;
}

function numbersIn(list: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  for (let at = 0; at < list.length; at++) {
    const code = list.charCodeAt(at);
    if (code >= 48) value = value * 10 + code - 48;
    else {
      numbers.push(value);
      value = 0;
    }
  }
  if (list !== "") numbers.push(value);
  return numbers;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
