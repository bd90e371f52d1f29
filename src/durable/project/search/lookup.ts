/** The words of a query looked up: how rare each is in the project, and where it stands. */

import type { Database } from "../../../platform/database.ts";
import {
  countItems,
  type IndexTotals,
  type IndexWord,
  indexTotals,
  itemsWith,
  type Places,
  placesOf,
} from "../store/postings.ts";
import { newestMatches } from "../store/search-index.ts";
import { everything } from "../store/visible.ts";
import { type IndexedForm, indexedForm } from "./indexed-form.ts";
import { matchExpression, type Term } from "./query.ts";

/**
 * Words are looked up with all their places, rarest first, until together they stand in so many
 * items; at least two are. The others are common: they add to what the rare ones found.
 */
const LOOKED_UP_ITEMS = 5_000;
const LOOKED_UP_WORDS = 2;
/** Of a word that is looked up and stands in more items than this, none is a candidate by it alone. */
const PLACES_ITEMS_MAX = 10_000;

/** A word in more items than this, and in this share of all, tells by being there at all: */
const EVERYWHERE_ITEMS = 400;
const EVERYWHERE_SHARE = 0.4;
/** where it stands in them, and how often, is not looked up. */
const isEverywhere = (items: number, totals: IndexTotals) =>
  items > EVERYWHERE_ITEMS && items > EVERYWHERE_SHARE * totals.items;

/** A term and what the project knows of it. */
export interface KnownTerm extends Term {
  /** In how many items it stands; for a common one an estimate. */
  items: number;
  /** How much it tells, by its rarity: never negative. */
  idf: number;
  /** Where it stands; null for a common one. */
  places: Places | null;
  /** False where of one of its words only the items are known: it is near nothing. */
  hasPositions: boolean;
}

export interface LookedUp {
  totals: IndexTotals;
  /** Those that stand somewhere, in the order of the query. */
  known: KnownTerm[];
  /** In no item at all. */
  unknown: Term[];
}

/** A part of a word that others write as two. */
const PART_MIN_CHARS = 3;
/** Longer ones are data, no two words. */
const PARTED_MAX_CHARS = 32;

/** `useragent` → `user agent`, and all other ways to take a word apart. */
function twoWords({ text }: Term): Term[] {
  if (!/^[a-z]+$/.test(text) || text.length > PARTED_MAX_CHARS) return [];
  const ways: Term[] = [];
  for (let at = PART_MIN_CHARS; at <= text.length - PART_MIN_CHARS; at++) {
    const form = `${text.slice(0, at)} ${text.slice(at)}`;
    ways.push({ text: form, forms: [form], optional: true });
  }
  return ways;
}

/** BM25's weight of a word by the items that have it, in the form that never turns negative. */
export function idfOf(totals: IndexTotals, items: number): number {
  return Math.log(1 + (totals.items - items + 0.5) / (items + 0.5));
}

/** Looks words up, each once however many phrasings of a question have it. */
export class Lookup {
  readonly totals: IndexTotals;
  readonly #db: Database;
  readonly #counts = new Map<string, number>();
  readonly #places = new Map<string, Places>();

  constructor(db: Database) {
    this.#db = db;
    this.totals = indexTotals(db);
  }

  /** Words that stand nowhere as one are looked up as two side by side. */
  of(terms: readonly Term[]): LookedUp {
    const { totals, known, unknown } = this.#asTyped(terms);
    if (unknown.length === 0) return { totals, known, unknown };
    const ways = unknown.flatMap(twoWords);
    this.#count(ways.flatMap((way) => way.forms.map(indexedForm)));
    const possible = ways.filter((way) => this.#sum(way.forms.map(indexedForm)) > 0);
    // Whether any stands there costs a fraction of where its words stand.
    const match = matchExpression({ phrases: [], excluded: [] }, possible);
    if (match === null || newestMatches(everything(this.#db), match, 1).length === 0) {
      return { totals, known, unknown };
    }
    const two = this.#asTyped(possible).known.filter(
      // Of common ones it is not known whether they stand side by side.
      ({ places }) => places !== null,
    );
    const parted = new Set(two.map(({ text }) => text.replace(" ", "")));
    return {
      totals,
      known: [...known, ...two],
      unknown: unknown.filter(({ text }) => !parted.has(text)),
    };
  }

  #asTyped(terms: readonly Term[]): LookedUp {
    const forms = new Map(terms.map((term) => [term, term.forms.map(indexedForm)]));
    this.#count([...forms.values()].flat());
    const budgeted = this.#withinBudget([...forms.values()].flat());
    const known: KnownTerm[] = [];
    const unknown: Term[] = [];
    for (const term of terms) {
      const written = (forms.get(term) ?? []).filter((form) => this.#most(form) > 0);
      const isCommon = written.some((form) =>
        form.some((words) => words.some((word) => !budgeted.has(word.text))),
      );
      const places = isCommon ? null : mergePlaces(written.map((form) => this.#placesOf(form)));
      const items = places?.size ?? Math.min(this.totals.items, this.#sum(written));
      const words = written.flat(2);
      const hasPositions = !words.some((word) => isEverywhere(this.#countOf(word), this.totals));
      if (items > 0)
        known.push({ ...term, items, idf: idfOf(this.totals, items), places, hasPositions });
      else if (term.optional !== true) unknown.push(term);
    }
    return { totals: this.totals, known, unknown };
  }

  /** In how many items a term stands, at most. */
  mostItems(term: Term): number {
    const forms = term.forms.map(indexedForm);
    this.#count(forms);
    return Math.min(this.totals.items, this.#sum(forms));
  }

  #count(forms: IndexedForm[]): void {
    const words = forms.flat(2).filter(({ text }) => !this.#counts.has(text));
    if (words.length === 0) return;
    for (const [text, items] of countItems(this.#db, words)) this.#counts.set(text, items);
  }

  #countOf(word: IndexWord): number {
    return this.#counts.get(word.text) ?? 0;
  }

  /** At most so many items have the form: as many as have the rarest of its words. */
  #most(form: IndexedForm): number {
    return Math.min(
      ...form.map((words) => words.reduce((sum, word) => sum + this.#countOf(word), 0)),
    );
  }

  #sum(forms: IndexedForm[]): number {
    return forms.reduce((sum, form) => sum + this.#most(form), 0);
  }

  #withinBudget(forms: IndexedForm[]): Set<string> {
    const words = new Map(forms.flat(2).map((word) => [word.text, word]));
    const rarest = [...words.values()]
      .filter((word) => this.#countOf(word) > 0)
      .sort((a, b) => this.#countOf(a) - this.#countOf(b));
    const within = new Set<string>();
    let items = 0;
    for (const word of rarest) {
      items += this.#countOf(word);
      const fits = items <= LOOKED_UP_ITEMS;
      if (!fits && (within.size >= LOOKED_UP_WORDS || items > PLACES_ITEMS_MAX)) break;
      within.add(word.text);
    }
    // What stands nowhere costs nothing to look up.
    for (const { text } of words.values()) if (!this.#counts.get(text)) within.add(text);
    return within;
  }

  /** Where the words of a form stand side by side; those that stand everywhere are taken on trust. */
  #placesOf(form: IndexedForm): Places {
    const told = form.flatMap((forms, offset) => {
      const everywhere = forms.some((word) => isEverywhere(this.#countOf(word), this.totals));
      return everywhere && form.length > 1 ? [] : [{ forms, offset }];
    });
    const words = (told.length === 0 ? [{ forms: form[0] ?? [], offset: 0 }] : told).map(
      ({ forms, offset }) => ({
        offset,
        places: mergePlaces(forms.map((word) => this.#placesOfWord(word))),
      }),
    );
    const [first, ...rest] = words;
    if (first === undefined || rest.length === 0) return first?.places ?? new Map();
    const together = new Map<number, readonly number[]>();
    for (const [n, places] of first.places) {
      const others = rest.map((word) => ({ ...word, places: new Set(word.places.get(n)) }));
      const found = places.filter((place) =>
        others.every((other) => other.places.has(place + other.offset - first.offset)),
      );
      if (found.length > 0) together.set(n, found);
    }
    return together;
  }

  #placesOfWord(word: IndexWord): Places {
    const key = `${word.prefix}${word.text}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const count = this.#countOf(word);
    const places =
      count === 0
        ? new Map()
        : isEverywhere(count, this.totals)
          ? itemsWith(this.#db, word)
          : placesOf(this.#db, word);
    this.#places.set(key, places);
    return places;
  }
}

function mergePlaces(all: Places[]): Places {
  const [only, ...others] = all.filter((places) => places.size > 0);
  if (only === undefined) return new Map();
  if (others.length === 0) return only;
  const merged = new Map(only);
  for (const places of others) {
    for (const [n, found] of places) merged.set(n, [...(merged.get(n) ?? []), ...found]);
  }
  return merged;
}
