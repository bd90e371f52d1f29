import { DurableObject } from "cloudflare:workers";
import schema from "../../../migrations/project/schema.sql";
import type { Reader } from "../../access/caller.ts";
import type { ContextAnswer, KnownSession, NoFields, ProjectStats } from "../../contract/calls.ts";
import type { Item, Observation, Summary } from "../../contract/items.ts";
import type { OpenPoint } from "../../contract/open-points.ts";
import type { SearchAnswer, Timeline } from "../../contract/recall.ts";
import type { Page } from "../../contract/schema.ts";
import type { SessionState } from "../../contract/vocabulary.ts";
import type {
  Announcement,
  AnnouncementAnswer,
  Delivery,
  DeliveryOutcome,
  ForgetAnswer,
  LinkRequest,
  ProjectRef,
  Replacement,
  ReplacementOutcome,
  Standing,
} from "../../memory/delivery.ts";
import { leavingError } from "../../memory/leaving.ts";
import type { NewObservation, PointFate } from "../../memory/observation.ts";
import { projectObjectName } from "../../memory/project-name.ts";
import { sessionObjectName } from "../../memory/session-name.ts";
import { Database } from "../../platform/database.ts";
import { createLog } from "../../platform/log.ts";
import { namespaces } from "../namespaces.ts";
import {
  applyDelivery,
  applyReplacement,
  forgetSession,
  linkSaved,
  removeItem,
  saveObservation,
} from "./apply/apply.ts";
import { fatesOf } from "./apply/apply-points.ts";
import { BACKFILL_PAUSE_MS, backfillSlice } from "./backfill.ts";
import { nothingToTell } from "./context/eligibility.ts";
import { type FileContextQuery, fileContext } from "./context/file.ts";
import { type PromptContextQuery, promptContext } from "./context/prompt.ts";
import { type ContextQuery, context } from "./context/start.ts";
import { beginArrival, type Slice, takeSlice } from "./departure/arrival.ts";
import { beginDeparture, isGone, isOnItsWay, readDeparture } from "./departure/departure.ts";
import { type LeaveDependencies, leaveStep, type Next } from "./departure/leave.ts";
import {
  itemPage,
  type Judgement,
  judgePoint,
  type ListQuery,
  type PointsQuery,
  pointPage,
} from "./lists.ts";
import { PROJECT_MIGRATIONS } from "./migrations.ts";
import { type SearchQuery, search } from "./search/search.ts";
import { NO_TIMELINE, type TimelineQuery, timeline } from "./search/timeline.ts";
import { openBackfills } from "./store/backfills.ts";
import { countKinds, newestTime, readItem, readItems } from "./store/item-queries.ts";
import { lastNumber } from "./store/items.ts";
import { pointsToTell } from "./store/open-points.ts";
import { isIndexSound, rebuildIndex } from "./store/search-index.ts";
import {
  lastAnnouncedEvent,
  listSessions,
  noteAnnouncement,
  standingOf,
} from "./store/sessions.ts";
import { showItem } from "./store/show-item.ts";
import { everything, type View } from "./store/visible.ts";

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

const SESSIONS_MAX = 500;

/** A call that merges or deletes waits this long for it to be done. */
const LEAVE_WAIT_MS = 8_000;
/** One alarm goes on with it at most this long; the next one follows at once. */
const LEAVE_ALARM_MS = 5 * 60_000;
/** After this a step that failed, or was cut off, is tried again. */
const LEAVE_RETRY_MS = 15_000;

/** How far a departure is; `refused`: the team did not agree to it. */
export type LeaveState = "left" | "leaving" | "refused" | "other";

/**
 * The memory of one project: `<team>/<number>`. Its name is the team's business, so callers pass it
 * along. Reads create nothing: a project that was never written to answers empty.
 *
 * A method whose answer can reach a caller takes the reader first. `save` is none: it shows its
 * sender what the sender has just written. `deliver`, `replace` and `announce` answer sessions.
 */
export class ProjectObject extends DurableObject<Env> {
  readonly #db: Database;
  readonly #outside: LeaveDependencies;
  /** The steps of a departure that run; never two at once. */
  #leaving: Promise<Next> | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#db = new Database(ctx.storage, PROJECT_MIGRATIONS, { onReady: () => this.#resume() });
    const { SESSIONS, PROJECTS, TEAMS } = namespaces(env);
    this.#outside = {
      team: (name) => TEAMS.getByName(name),
      project: (team, number) => PROJECTS.getByName(projectObjectName(team, number)),
      session: (name) => SESSIONS.getByName(sessionObjectName(name)),
    };
  }

  /** Applies what a session delivers, once by (session, generation, batch). */
  deliver({ delivery }: { project: ProjectRef; delivery: Delivery }): DeliveryOutcome {
    return this.#takes() ? applyDelivery(this.#db, delivery) : "forgotten";
  }

  /** Takes back what a session taught, and puts something else in its place. */
  replace({ replacement }: { project: ProjectRef; replacement: Replacement }): ReplacementOutcome {
    return this.#takes() ? applyReplacement(this.#db, replacement) : "stale";
  }

  /** What the session's agent saved by hand belongs to the session. */
  link(request: LinkRequest): void {
    if (this.#db.exists() && this.#takes()) linkSaved(this.#db, request);
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
    if (this.#takes()) return forgetSession(this.#db, session, minGeneration);
    return { outcome: "forgotten", removed: { observations: 0, summaries: 0, prompts: 0 } };
  }

  /** How a session stands here, for its object, which may have been emptied. Creates nothing. */
  standing({ session }: { session: string }): Standing {
    if (!this.#db.exists()) return { forgotten: false, generation: 1, announcedSeq: 0 };
    const standing = standingOf(this.#db, session);
    const isDeleted = readDeparture(this.#db)?.into === null;
    return isDeleted ? { ...standing, forgotten: true } : standing;
  }

  /** What others made of a session's open points, for the session, which takes them elsewhere. */
  pointFates({ session }: { session: string }): PointFate[] {
    return this.#db.exists() ? fatesOf(this.#db, session) : [];
  }

  /** Notes a session's state. Tells the session what is left to do here, as its person may see it. */
  announce({
    announcement,
  }: {
    project: ProjectRef;
    announcement: Announcement;
  }): AnnouncementAnswer {
    if (!this.#takes()) throw leavingError();
    noteAnnouncement(this.#db, announcement);
    const { person } = announcement;
    if (person === undefined) return { openPoints: [] };
    return { openPoints: pointsToTell({ db: this.#db, reader: { person } }, Date.now()) };
  }

  save({ project, observation, supersedes, idempotencyKey }: SaveRequest): SaveAnswer {
    if (!this.#takes()) throw leavingError();
    const saved = saveObservation(this.#db, observation, supersedes, idempotencyKey);
    if (!("n" in saved)) return saved;
    const row = readItem(everything(this.#db), saved.n);
    if (row === null) return { outcome: "key_used" };
    return { outcome: saved.outcome, observation: showItem(project, row) as Observation };
  }

  /** Deletes one item by its number. False where there is none. */
  remove({ n }: { n: number }): boolean {
    return this.#db.exists() && this.#takes() && removeItem(this.#db, n);
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
    return itemPage<Observation>(this.#view(reader), query, "observation");
  }

  summaries(reader: Reader, query: ListQuery): Page<Summary> {
    return itemPage<Summary>(this.#view(reader), query, "summary");
  }

  /** What sessions left to do. */
  openPoints(reader: Reader, query: PointsQuery): Page<OpenPoint> {
    return pointPage(this.#view(reader), query);
  }

  /** A person says of a point that it is done, or that it is open. Null where there is none. */
  judgePoint(reader: Reader, judgement: Judgement): OpenPoint | null {
    const view = this.#view(reader);
    if (view !== null && !this.#takes()) throw leavingError();
    return view === null ? null : judgePoint(view, judgement);
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
    const view = this.#view(reader);
    if (view !== null) return timeline(view, query);
    return typeof query.around === "number" ? null : NO_TIMELINE;
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
      observations: counts.observation,
      summaries: counts.summary,
      prompts: counts.prompt,
      last_event_at: lastAnnouncedEvent(view) ?? newestTime(view),
    };
  }

  /** The memory as the reader sees it; null where nothing was ever written, or is any more. */
  #view(reader: Reader): View | null {
    return this.#db.exists() && !isGone(this.#db) ? { db: this.#db, reader } : null;
  }

  /**
   * Before anything is written: true for a project that takes it, false for a deleted one. Throws
   * while the project is being merged into another one, and after: the sender tries again there.
   */
  #takes(): boolean {
    this.#db.migrate();
    const departure = readDeparture(this.#db);
    if (departure !== null && departure.into !== null) throw leavingError();
    return departure === null;
  }

  /**
   * Merges this project into another one of the team, or deletes it (`into` null), and goes on by
   * itself where that takes longer than this call. May be repeated. `other`: it is on its way
   * already, elsewhere.
   */
  async leave(request: { team: string; number: number; into: number | null }): Promise<LeaveState> {
    this.#db.migrate();
    const known = readDeparture(this.#db);
    if (known !== null && known.into !== request.into) return "other";
    if (known === null) beginDeparture(this.#db, request);
    void this.ctx.storage.setAlarm(Date.now() + LEAVE_RETRY_MS);
    await this.#leaveOn(Date.now() + LEAVE_WAIT_MS);
    const now = readDeparture(this.#db);
    if (now === null) return "refused";
    return now.phase === "waiting" || now.phase === "left" ? "left" : "leaving";
  }

  /** Keeps numbers free for another project's items. Returns what is added to each. */
  beginArrival({ from, last }: { from: number; last: number }): number {
    if (!this.#takes()) throw leavingError();
    return beginArrival(this.#db, from, last);
  }

  /** Takes a slice of another project over, once. */
  takeSlice(slice: Slice): void {
    if (!this.#takes()) throw leavingError();
    takeSlice(this.#db, slice);
  }

  /** Step by step until there is nothing to do, or to wait for; ms until then. Never throws. */
  async #leaveOn(until: number): Promise<Next> {
    this.#leaving ??= this.#leaveSteps(until).finally(() => {
      this.#leaving = null;
    });
    return await this.#leaving;
  }

  async #leaveSteps(until: number): Promise<Next> {
    try {
      for (;;) {
        const next = await leaveStep(this.#db, this.#outside);
        if (typeof next !== "number" || next > 0 || Date.now() > until) return next;
      }
    } catch (error) {
      const departure = readDeparture(this.#db);
      const context = { team: departure?.team ?? "", project: String(departure?.number ?? "") };
      createLog(context)("error", "project_leaving_failed", {}, error);
      return LEAVE_RETRY_MS;
    }
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
    const next = isOnItsWay(this.#db)
      ? await this.#leaveOn(Date.now() + LEAVE_ALARM_MS)
      : backfillSlice(this.#db);
    if (typeof next === "number") await this.ctx.storage.setAlarm(Date.now() + next);
    else if (next === "refused") this.#resume();
    else await this.ctx.storage.deleteAlarm();
  }

  /** Whatever ended the alarm before it was through: the first call of the next life sets it again. */
  #resume(): void {
    if (!isOnItsWay(this.#db) && openBackfills(this.#db).length === 0) return;
    void this.ctx.storage.setAlarm(Date.now() + BACKFILL_PAUSE_MS);
  }
}
