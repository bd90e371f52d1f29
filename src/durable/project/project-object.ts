import { DurableObject } from "cloudflare:workers";
import memory from "../../../migrations/project/0001_memory.sql";
import backfills from "../../../migrations/project/0002_backfills.sql";
import scripts from "../../../migrations/project/0003_scripts.sql";
import forgotten from "../../../migrations/project/0004_forgotten.sql";
import openPoints from "../../../migrations/project/0005_open_points.sql";
import schema from "../../../migrations/project/schema.sql";
import type { Reader } from "../../access/caller.ts";
import type { ContextAnswer, KnownSession, NoFields, ProjectStats } from "../../contract/calls.ts";
import type { Item, Observation, Summary } from "../../contract/items.ts";
import type { Filters } from "../../contract/params.ts";
import type { SearchAnswer, Timeline } from "../../contract/recall.ts";
import type { Page } from "../../contract/schema.ts";
import type { SessionState } from "../../contract/vocabulary.ts";
import type {
  Announcement,
  Delivery,
  DeliveryOutcome,
  ForgetAnswer,
  LinkRequest,
  ProjectRef,
  Replacement,
  ReplacementOutcome,
  Standing,
} from "../../memory/delivery.ts";
import type { NewObservation } from "../../memory/observation.ts";
import { Database } from "../../platform/database.ts";
import {
  applyDelivery,
  applyReplacement,
  forgetSession,
  linkSaved,
  removeItem,
  saveObservation,
} from "./apply/apply.ts";
import { BACKFILL_PAUSE_MS, backfillSlice } from "./backfill.ts";
import { nothingToTell } from "./context/eligibility.ts";
import { type FileContextQuery, fileContext } from "./context/file.ts";
import { type PromptContextQuery, promptContext } from "./context/prompt.ts";
import { type ContextQuery, context } from "./context/start.ts";
import { rank, type SearchQuery, search } from "./search/search.ts";
import { timelineAround } from "./search/timeline.ts";
import { openBackfills } from "./store/backfills.ts";
import { countKinds, listItems, newestTime, readItem, readItems } from "./store/item-queries.ts";
import { lastNumber } from "./store/items.ts";
import { isIndexSound, rebuildIndex } from "./store/search-index.ts";
import {
  lastAnnouncedEvent,
  listSessions,
  noteAnnouncement,
  standingOf,
} from "./store/sessions.ts";
import { showItem } from "./store/show-item.ts";
import { everything, type View } from "./store/visible.ts";

export interface ListQuery {
  project: ProjectRef;
  filters: Filters;
  /** Only items with a lower number: where the page before ended. */
  before: number | null;
  limit: number;
}

export interface TimelineQuery {
  project: ProjectRef;
  /** The number of the item in the middle, or a query whose best match it is. */
  around: number | { q: string };
  before: number;
  after: number;
  now: number;
}

/** A request to save by hand, as the Worker validated and sanitised it. */
export interface SaveRequest {
  project: ProjectRef;
  observation: NewObservation;
  supersedes: number | null;
  idempotencyKey: string | null;
}

/** What the doctor asks a project. */
export interface ProjectInspection {
  /** Tables that are not as the migrations make them. */
  schemaDiffers: string[];
  /** What is still made of old items: done up to an item's number, of the newest one's. */
  backfills: { name: string; doneTo: number; upTo: number }[];
}

export type SaveAnswer =
  | { outcome: "saved" | "repeated"; observation: Observation }
  | { outcome: "nothing_to_supersede" | "key_used" };

export const PROJECT_MIGRATIONS = [
  { name: "0001_memory", sql: memory },
  { name: "0002_backfills", sql: backfills },
  { name: "0003_scripts", sql: scripts },
  { name: "0004_forgotten", sql: forgotten },
  { name: "0005_open_points", sql: openPoints },
];

const SESSIONS_MAX = 500;

/**
 * The memory of one project: `<team>/<number>`. Its name is the team's business, so callers pass it
 * along. Reads create nothing: a project that was never written to answers empty.
 *
 * A method whose answer can reach a caller takes the reader first. `save` is none: it shows its
 * sender what the sender has just written. `deliver`, `replace` and `announce` answer sessions.
 */
export class ProjectObject extends DurableObject<Env> {
  readonly #db: Database;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#db = new Database(ctx.storage, PROJECT_MIGRATIONS, () => this.#resumeBackfills());
  }

  /** Applies what a session delivers, once by (session, generation, batch). */
  deliver({ delivery }: { project: ProjectRef; delivery: Delivery }): DeliveryOutcome {
    this.#db.migrate();
    return applyDelivery(this.#db, delivery);
  }

  /** Takes back what a session taught, and puts something else in its place. */
  replace({ replacement }: { project: ProjectRef; replacement: Replacement }): ReplacementOutcome {
    this.#db.migrate();
    return applyReplacement(this.#db, replacement);
  }

  /** What the session's agent saved by hand belongs to the session. */
  link(request: LinkRequest): void {
    if (this.#db.exists()) linkSaved(this.#db, request);
  }

  /** Removes all that a session taught or saved, and refuses it from now on as forgotten. */
  forget({
    session,
    minGeneration,
  }: {
    project: ProjectRef;
    session: string;
    minGeneration: number;
  }): ForgetAnswer {
    this.#db.migrate();
    return forgetSession(this.#db, session, minGeneration);
  }

  /** How a session stands here, for its object, which may have been emptied. Creates nothing. */
  standing({ session }: { session: string }): Standing {
    if (this.#db.exists()) return standingOf(this.#db, session);
    return { forgotten: false, generation: 1, announcedSeq: 0 };
  }

  announce({ announcement }: { project: ProjectRef; announcement: Announcement }): void {
    this.#db.migrate();
    noteAnnouncement(this.#db, announcement);
  }

  save({ project, observation, supersedes, idempotencyKey }: SaveRequest): SaveAnswer {
    this.#db.migrate();
    const saved = saveObservation(this.#db, observation, supersedes, idempotencyKey);
    if (!("n" in saved)) return saved;
    const row = readItem(everything(this.#db), saved.n);
    if (row === null) return { outcome: "key_used" };
    return { outcome: saved.outcome, observation: showItem(project, row) as Observation };
  }

  /** Deletes one item by its number. False where there is none. */
  remove({ n }: { n: number }): boolean {
    return this.#db.exists() && removeItem(this.#db, n);
  }

  get(reader: Reader, { project, n }: { project: ProjectRef; n: number }): Item | null {
    return this.getMany(reader, { project, numbers: [n] })[0] ?? null;
  }

  /** Those that exist, in the order asked for. */
  getMany(
    reader: Reader,
    { project, numbers }: { project: ProjectRef; numbers: number[] },
  ): Item[] {
    const view = this.#view(reader);
    return view === null ? [] : readItems(view, numbers).map((row) => showItem(project, row));
  }

  list(reader: Reader, query: ListQuery): Page<Observation> {
    return this.#page<Observation>(reader, query, "observation");
  }

  summaries(reader: Reader, query: ListQuery): Page<Summary> {
    return this.#page<Summary>(reader, query, "summary");
  }

  #page<T extends Item>(reader: Reader, query: ListQuery, kind: T["kind"]): Page<T> {
    const view = this.#view(reader);
    if (view === null) return { items: [], next: null };
    const { project, filters, before, limit } = query;
    const rows = listItems(view, { ...filters, kind }, before, limit + 1);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      items: page.map((row) => showItem(project, row) as T),
      next: rows.length > limit && last !== undefined ? String(last.n) : null,
    };
  }

  search(reader: Reader, query: SearchQuery): SearchAnswer {
    const view = this.#view(reader);
    return view === null ? { items: [] } : search(view, query);
  }

  /** What a session starts with. */
  context(reader: Reader, query: ContextQuery): ContextAnswer {
    const view = this.#view(reader);
    return view === null ? nothingToTell(0) : context(view, query);
  }

  /** What a prompt calls to mind: empty text unless something fits well. */
  promptContext(reader: Reader, query: PromptContextQuery): ContextAnswer {
    const view = this.#view(reader);
    return view === null ? nothingToTell(0) : promptContext(view, query);
  }

  /** What is known of a file, at most 5 lines; empty text where nothing is. */
  fileContext(reader: Reader, query: FileContextQuery): ContextAnswer {
    const view = this.#view(reader);
    return view === null ? nothingToTell(0) : fileContext(view, query);
  }

  /** Null where the item in the middle is not there. */
  timeline(reader: Reader, query: TimelineQuery): Timeline | null {
    const { project, around, before, after, now } = query;
    const view = this.#view(reader);
    if (view === null) return typeof around === "number" ? null : NO_TIMELINE;
    let n = around;
    if (typeof n !== "number") {
      const { ranked } = rank(view, { project, q: n.q, filters: {}, limit: 1, now });
      const [best] = ranked;
      if (best === undefined) return NO_TIMELINE;
      n = best.row.n;
    }
    return timelineAround(view, project, n, before, after);
  }

  sessions(reader: Reader, { state = null }: { state?: SessionState | null }): KnownSession[] {
    const view = this.#view(reader);
    return view === null ? [] : listSessions(view, state, SESSIONS_MAX);
  }

  stats(reader: Reader, _query: NoFields): ProjectStats {
    const view = this.#view(reader);
    if (view === null) return { observations: 0, summaries: 0, prompts: 0, last_event_at: null };
    const counts = countKinds(view);
    return {
      observations: counts.observation ?? 0,
      summaries: counts.summary ?? 0,
      prompts: counts.prompt ?? 0,
      last_event_at: lastAnnouncedEvent(view) ?? newestTime(view),
    };
  }

  /** The memory as the reader sees it; null where nothing was ever written. */
  #view(reader: Reader): View | null {
    return this.#db.exists() ? { db: this.#db, reader } : null;
  }

  /**
   * Whether both full-text indexes still say what the items say; builds them anew where they do
   * not. For the doctor: it reads everything.
   */
  checkIndex(_request: NoFields): "sound" | "rebuilt" {
    if (!this.#db.exists() || isIndexSound(this.#db)) return "sound";
    rebuildIndex(this.#db);
    return "rebuilt";
  }

  /** For the doctor: tables that are not as the migrations make them, and what is still backfilled. */
  inspect(_reader: Reader, _query: NoFields): ProjectInspection {
    if (!this.#db.exists()) return { schemaDiffers: [], backfills: [] };
    return {
      schemaDiffers: this.#db.schemaDifferences(schema),
      backfills: openBackfills(this.#db).map(({ name, doneTo }) => ({
        name,
        doneTo,
        upTo: lastNumber(this.#db),
      })),
    };
  }

  /** Backfills a slice of old items, and plans the next one. Never throws. */
  override async alarm(): Promise<void> {
    if (!this.#db.exists()) return;
    const after = backfillSlice(this.#db);
    if (after === null) await this.ctx.storage.deleteAlarm();
    else await this.ctx.storage.setAlarm(Date.now() + after);
  }

  /** Whatever ended the alarm before it was through: the first call of the next life sets it again. */
  #resumeBackfills(): void {
    if (openBackfills(this.#db).length === 0) return;
    void this.ctx.storage.setAlarm(Date.now() + BACKFILL_PAUSE_MS);
  }
}

const NO_TIMELINE: Timeline = { anchor: null, items: [] };
