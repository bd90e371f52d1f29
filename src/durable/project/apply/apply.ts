/** Applying what sessions deliver, and taking it back. Every function is one transaction. */

import type { ItemKind } from "../../../contract/vocabulary.ts";
import type {
  Delivery,
  DeliveryOutcome,
  ForgetAnswer,
  LinkRequest,
  Replacement,
  ReplacementOutcome,
} from "../../../memory/delivery.ts";
import type { NewObservation } from "../../../memory/observation.ts";
import type { Database } from "../../../platform/database.ts";
import { quoteMatch } from "../search/query.ts";
import { STOP_WORDS, wordsOf } from "../search/words.ts";
import { makeBlocks } from "../store/blocks.ts";
import { readItem, readItems } from "../store/item-queries.ts";
import {
  bodyOf,
  filesOf,
  type Links,
  type NewItem,
  type ObservationContent,
  type SummaryContent,
  titleOf,
} from "../store/item-row.ts";
import {
  assignItem,
  insertItem,
  kindsOfItems,
  lastNumber,
  markSuperseded,
  numbersOfBatches,
  numbersOfSession,
  numbersOfSources,
  numbersTaught,
  removeItems,
  summaryOfTurn,
  timesOfItems,
  updateSummary,
} from "../store/items.ts";
import { HAND, observationItem, promptItem, splitWordsOf, summaryItem } from "../store/new-item.ts";
import { pointsOfSession } from "../store/open-points.ts";
import { newestMatches } from "../store/search-index.ts";
import {
  assignDelivery,
  dropDeliveriesBelow,
  dropTaughtBelow,
  forgetAnnouncement,
  isApplied,
  itemsOfDelivery,
  minGenerationOf,
  noteDelivery,
  noteForgotten,
  noteSave,
  raiseMinGeneration,
  savedBefore,
  standingOf,
} from "../store/sessions.ts";
import { everything } from "../store/visible.ts";
import { applyFates, applyPoints, takeBackPoints } from "./apply-points.ts";
import { applyCorrections, takeBackCorrections } from "./corrections.ts";
import { mergeSummaries } from "./merge-summaries.ts";
import { type Comparable, isRepeat } from "./similarity.ts";
import { supersedeDecisions } from "./supersession.ts";

/** Applies a delivery once; refuses what was forgotten or done over in the meantime. */
export function applyDelivery(db: Database, delivery: Delivery): DeliveryOutcome {
  return db.transaction(() => {
    const { session, generation } = delivery;
    if (generation < minGenerationOf(db, session)) {
      return standingOf(db, session).forgotten ? "forgotten" : "stale";
    }
    if (insertDelivery(db, delivery)) return "applied";
    return isOfAnother(db, delivery) ? "taken" : "duplicate";
  });
}

/** True where the delivery of this name brought items of which not one has a time of this one's. */
function isOfAnother(db: Database, delivery: Delivery): boolean {
  const told = [...delivery.prompts, ...delivery.observations, ...delivery.summaries];
  const items = itemsOfDelivery(db, delivery);
  const known = items === null ? [] : timesOfItems(db, items.first, items.last);
  return (
    told.length > 0 &&
    known.length > 0 &&
    !told.some(({ created_at }) => known.includes(created_at))
  );
}

/**
 * Removes everything of a session, what its agent saved by hand included, and notes that it was
 * forgotten: from then on generations below `minGeneration` are told so.
 */
export function forgetSession(db: Database, session: string, minGeneration: number): ForgetAnswer {
  return db.transaction((): ForgetAnswer => {
    const none = { observations: 0, summaries: 0, prompts: 0 };
    if (minGeneration < minGenerationOf(db, session)) return { outcome: "stale", removed: none };
    raiseMinGeneration(db, session, minGeneration);
    noteForgotten(db, session);
    const numbers = numbersOfSession(db, session);
    const kinds = kindsOfItems(db, numbers);
    removeItems(db, numbers);
    const points = pointsOfSession(db, session).length;
    takeBackPoints(db, session, "all");
    dropDeliveriesBelow(db, session, minGeneration);
    forgetAnnouncement(db, session);
    const count = (kind: ItemKind) => kinds.filter((found) => found === kind).length;
    return {
      outcome: "forgotten",
      removed: {
        observations: count("observation"),
        summaries: count("summary"),
        prompts: count("prompt"),
        open_points: points,
      },
    };
  });
}

/**
 * Removes what a session taught and puts the new deliveries in its place. A repeated call removes
 * nothing of what the first one put there: its deliveries are known by then.
 */
export function applyReplacement(db: Database, replacement: Replacement): ReplacementOutcome {
  const { session, minGeneration, remove, deliveries, fates = [] } = replacement;
  return db.transaction(() => {
    const known = minGenerationOf(db, session);
    if (minGeneration < known) return "stale";
    // A retry of a forgetting must not take what the session was taught since.
    if (minGeneration === known && minGeneration > 0 && remove === "all" && deliveries.length === 0)
      return "duplicate";
    raiseMinGeneration(db, session, minGeneration);
    const fresh = deliveries.filter((delivery) => !isApplied(db, delivery));
    if (deliveries.length > 0 && fresh.length === 0) return "duplicate";
    removeItems(db, numbersToRemove(db, session, remove));
    if (remove !== "all" && "batches" in remove) takeBackCorrections(db, session, remove.batches);
    const fatesHere = takeBackPoints(db, session, remove);
    if (remove === "all") dropTaughtBelow(db, session, minGeneration);
    // Taken back whole: the session has moved to another project, or is forgotten.
    if (remove === "all" && deliveries.length === 0) forgetAnnouncement(db, session);
    for (const delivery of fresh) insertDelivery(db, delivery);
    applyFates(db, session, [...fatesHere, ...fates]);
    return "applied";
  });
}

function numbersToRemove(db: Database, session: string, remove: Replacement["remove"]): number[] {
  if (remove === "all") return numbersTaught(db, session);
  if ("batches" in remove) return numbersOfBatches(db, session, remove.batches);
  return numbersOfSources(db, session, remove.sources, remove.any ?? false);
}

/** Inserts what a delivery brings, and notes it as applied. False where it was before. */
function insertDelivery(db: Database, delivery: Delivery): boolean {
  if (isApplied(db, delivery)) return false;
  const first = lastNumber(db) + 1;
  insertContents(db, delivery);
  applyPoints(db, delivery);
  const last = lastNumber(db);
  noteDelivery(db, delivery, { first, last });
  makeBlocks(db, last);
  applyCorrections(db, delivery);
  return true;
}

function insertContents(db: Database, delivery: Delivery): void {
  const { observations, summaries, prompts } = delivery;
  const count = observations.length + summaries.length + prompts.length;
  if (count === 0) return;
  const origin = { generation: delivery.generation, batch: delivery.batch };
  // Looking for repeats reads the index, and reading flushes what was written to it: look first.
  const items = observations.map(observationItem);
  const repeats = findRepeats(db, items);

  let n = lastNumber(db) + 1;
  for (const prompt of prompts) insertItem(db, n++, promptItem(prompt), origin, NO_LINKS);
  const firstObservation = n;
  items.forEach((item, index) => {
    const repeated = repeats[index] ?? null;
    const first =
      repeated === null
        ? null
        : "n" in repeated
          ? repeated.n
          : rootIn(repeats, repeated.index, firstObservation);
    insertItem(db, n++, item, origin, { repeats: first, supersedes: null });
  });
  supersedeDecisions(
    db,
    items.map(({ content, created_at }, index) => ({
      n: firstObservation + index,
      created_at,
      content: content as ObservationContent,
    })),
  );
  for (const summary of summaries) {
    const item = summaryItem(summary);
    const older = summaryOfTurn(db, summary.session, summary.prompt_number);
    if (older === null) {
      insertItem(db, n++, item, origin, NO_LINKS);
      continue;
    }
    const content = mergeSummaries(older.content, item.content as SummaryContent);
    updateSummary(
      db,
      older,
      { ...item, content, splitWords: splitWordsOf("summary", content) },
      origin,
    );
  }
}

const NO_LINKS: Links = { repeats: null, supersedes: null };

/** What an observation repeats: one of the project, or an earlier one of the same delivery. */
type Repeated = { n: number } | { index: number } | null;

function rootIn(repeats: Repeated[], index: number, firstNumber: number): number {
  const repeated = repeats[index] ?? null;
  if (repeated === null) return firstNumber + index;
  return "n" in repeated ? repeated.n : rootIn(repeats, repeated.index, firstNumber);
}

function findRepeats(db: Database, items: NewItem[]): Repeated[] {
  const compared = items.map((item) => comparable(item.content as ObservationContent));
  return compared.map((newer, index) => {
    const earlier = compared.slice(0, index).findIndex((older) => isRepeat(newer, older));
    if (earlier >= 0) return { index: earlier };
    const n = findRepeat(db, newer);
    return n === null ? null : { n };
  });
}

/** Candidates that are compared in full for one new observation. */
const REPEAT_CANDIDATES = 12;
/** Nearly the same words means that the longest of the title are nearly always there. */
const REPEAT_TITLE_WORDS = 3;

/** The number of the first observation that this one repeats, or null. */
function findRepeat(db: Database, newer: Comparable & { title: string }): number | null {
  const words = [...new Set(wordsOf(newer.title.toLowerCase()))]
    .filter((word) => !STOP_WORDS.has(word))
    .sort((a, b) => b.length - a.length)
    .slice(0, REPEAT_TITLE_WORDS);
  if (words.length === 0) return null;
  const parts = words.map((word) => `{title body} : ${quoteMatch(word)}`);
  const [file] = newer.files;
  if (file !== undefined && wordsOf(file).length > 0) parts.push(`files : ${quoteMatch(file)}`);
  const numbers = newestMatches(everything(db), parts.join(" AND "), REPEAT_CANDIDATES);
  for (const row of readItems(everything(db), numbers)) {
    if (row.kind !== "observation") continue;
    const text = [titleOf(row), ...bodyOf(row)].join("\n");
    if (isRepeat(newer, { files: filesOf(row), text })) return row.repeats ?? row.n;
  }
  return null;
}

function comparable(content: ObservationContent): Comparable & { title: string } {
  return {
    title: content.title,
    files: [...new Set([...content.files_modified, ...content.files_read])],
    text: [content.title, content.subtitle, content.narrative, ...content.facts].join("\n"),
  };
}

/**
 * What a session's agent saved by hand is the session's from now on. Only what its own person saved,
 * and no session has yet: a second call, or one for anything else, changes nothing.
 */
export function linkSaved(db: Database, { n, by, savedFrom }: LinkRequest): void {
  db.transaction(() => {
    const row = readItem(everything(db), n);
    if (row?.kind !== "observation" || row.agent !== HAND || row.actor !== by.actor) return;
    const content = savedFrom === null ? row.content : { ...row.content, saved_from: savedFrom };
    const { session, agent, generation } = by;
    // A session's own batches count from 1.
    const batch = -n;
    assignItem(db, n, { session, agent, generation, batch, content });
    const saved = { session: row.session, generation: 0, batch: n };
    assignDelivery(db, saved, { session, generation, batch });
  });
}

/** Removes one item. False where there is none. */
export function removeItem(db: Database, n: number): boolean {
  return db.transaction(() => {
    if (readItem(everything(db), n) === null) return false;
    removeItems(db, [n]);
    return true;
  });
}

/** What came of a request to save by hand; `n` is the observation's number. */
export type SaveOutcome =
  | { outcome: "saved" | "repeated"; n: number }
  /** The one to supersede is not there, or is no observation. */
  | { outcome: "nothing_to_supersede" }
  /** The idempotency key was used for something else, or for what was deleted since. */
  | { outcome: "key_used" };

/** Saves an observation by hand. With an idempotency key a second call saves nothing. */
export function saveObservation(
  db: Database,
  observation: NewObservation,
  supersedes: number | null,
  idempotencyKey: string | null,
): SaveOutcome {
  return db.transaction((): SaveOutcome => {
    const item = observationItem({ ...observation, provider: HAND });
    const known =
      idempotencyKey === null ? null : savedBefore(db, observation.actor, idempotencyKey);
    if (known !== null) {
      const row = readItem(everything(db), known);
      const same = row !== null && JSON.stringify(row.content) === JSON.stringify(item.content);
      return same ? { outcome: "repeated", n: known } : { outcome: "key_used" };
    }
    if (supersedes !== null && readItem(everything(db), supersedes)?.kind !== "observation") {
      return { outcome: "nothing_to_supersede" };
    }
    const [repeated] = supersedes === null ? findRepeats(db, [item]) : [];
    const repeats = repeated != null && "n" in repeated ? repeated.n : null;
    const n = lastNumber(db) + 1;
    insertItem(db, n, item, { generation: 0, batch: n }, { repeats, supersedes });
    const key = { session: observation.session, generation: 0, batch: n };
    noteDelivery(db, key, { first: n, last: n });
    makeBlocks(db, n);
    if (supersedes !== null) markSuperseded(db, supersedes, n);
    if (idempotencyKey !== null) noteSave(db, observation.actor, idempotencyKey, n);
    return { outcome: "saved", n };
  });
}
