/**
 * What happens to a hook's message inside a session: the rules of identity, order and privacy,
 * each call one transaction. Nothing here waits for anything.
 */

import type { SessionSource } from "../../../hooks/hook-action.ts";
import type { IncomingEvent } from "../../../memory/event.ts";
import { type EventSeries, eventKey, eventSeries } from "../../../memory/event-identity.ts";
import { parseItemId } from "../../../memory/item-id.ts";
import { relativePath } from "../../../memory/paths.ts";
import type { SessionName } from "../../../memory/session-name.ts";
import { newerPlace, placeOf, type WorkPlace } from "../../../memory/work-place.ts";
import type { LinkedItem } from "../outbox/payload.ts";
import { type Counters, countOf, type SessionRow } from "../session-row.ts";
import type { SessionStore } from "../session-store.ts";
import { withdrawTurn } from "../work/withdrawal.ts";
import { moveProject, surerProject, type ToldProject, toldProject } from "./session-project.ts";

/** Who sends, and from where. */
export interface Sender extends WorkPlace {
  name: SessionName;
  /** The person that the key belongs to: stamped on each event, and as `actor` on what it teaches. */
  actor: string;
  /** Id of the key that was sent. Absent from callers of an older release. */
  key?: string;
  /** The key may only capture, so what it is told is counted. Absent from callers of an older release. */
  limited?: boolean;
  /** The project of `X-Cairn-Project`, normalised; null without the header. */
  project: string | null;
  /** What named that project. Absent from callers of an older release: a remote. */
  projectFrom?: "config" | "remote";
  /** What the project is called while nothing surer is known: a name of its folder. */
  folderProject: string;
  /** Whose folder that is. Absent from callers of an older release: the person's. */
  folderFrom?: "machine" | "person";
  cwd: string | null;
  /** The top folder of the repository, where the hook told it. */
  root?: string | null;
  /** The place is excluded. Absent from callers of an older release. */
  skip?: boolean;
}

export type EventOutcome = "stored" | "duplicate" | "private" | "ignored";

/** What the Worker has to know to answer with memory. */
export interface IntakeAnswer {
  outcome: EventOutcome;
  project: string;
  /** The session's context was not given yet: the next prompt's answer carries it. */
  contextDue: boolean;
  given: string[];
  givenUntil: number;
  /** A file that the agent has read, and was not yet told about in this session. */
  fileRead: string | null;
}

/** What `given` holds once the agent was told about a file. */
export function fileMark(file: string): string {
  return `file:${file}`;
}

/** Stores an event, or says why not. The caller plans the alarm in the same turn. */
export function acceptEvent(
  store: SessionStore,
  sender: Sender,
  event: IncomingEvent,
  now: number,
): IntakeAnswer {
  const known = store.row();
  const row = known?.excluded === true ? known : openRow(store, sender, now);
  const outcome = outcomeOf(store, row, event);
  if (outcome === "stored") storeEvent(store, row, event, sender, now);
  if (outcome === "private" && event.kind === "prompt") beginPrivate(store, row, event.promptId);
  return {
    outcome,
    project: row.project,
    contextDue: row.contextDue,
    given: row.given,
    givenUntil: row.givenUntil,
    fileRead: outcome === "stored" ? fileReadBy(event, row) : null,
  };
}

/**
 * True where accepting the event writes one statement at most, which is atomic without a transaction
 * around it. So it is with most calls of a tool.
 */
export function isOneStatement(store: SessionStore, sender: Sender, event: IncomingEvent): boolean {
  const row = store.row();
  if (row === null || row.closedAt !== null || rowChange(row, sender) !== null) return false;
  return (
    event.kind === "tool_failure" || (event.kind === "tool_use" && event.body.saved === undefined)
  );
}

function fileReadBy(event: IncomingEvent, row: SessionRow): string | null {
  if (event.kind !== "tool_use" || event.body.action !== "read" || event.skip !== null) return null;
  const path = event.body.files_read[0];
  if (path === undefined) return null;
  const file = relativePath(row.root, path);
  return row.given.includes(fileMark(file)) ? null : file;
}

function outcomeOf(store: SessionStore, row: SessionRow, event: IncomingEvent): EventOutcome {
  // What came between a delete and its tombstone would go with the rest: not taken rather than lost.
  if (row.excluded || row.forgotten || row.ending !== null) return "ignored";
  if (event.promptId !== null && row.privatePrompts.includes(event.promptId)) return "private";
  if (row.privateOpen && event.promptId === null && event.kind !== "prompt") return "private";
  if (row.privateSeen && tellsOfPrivateTask(store, row, event)) return "private";
  // A compaction retells the session, and with it the private turn.
  if (row.privateSeen && event.kind === "compaction") return "private";
  if (isDuplicate(store, event)) return "duplicate";
  return "stored";
}

/**
 * A notice that a task in the background is done says what it came to. Where it was begun in a private
 * turn, no event that is kept names it.
 */
function tellsOfPrivateTask(store: SessionStore, row: SessionRow, event: IncomingEvent): boolean {
  if (event.kind !== "prompt" || event.body.notice !== true) return false;
  const { tasks = [] } = event.body;
  if (tasks.length === 0) return row.privateOpen;
  return store.log.promptOfTask(tasks, Number.MAX_SAFE_INTEGER) === null;
}

function isDuplicate(store: SessionStore, event: IncomingEvent): boolean {
  if (event.identityScope === "session") return store.log.has(event.identity);
  return store.log.newestIdentity()?.startsWith(`${event.identity}#`) === true;
}

function storeEvent(
  store: SessionStore,
  row: SessionRow,
  event: IncomingEvent,
  from: Sender,
  now: number,
): void {
  const seq = store.nextSeq(row);
  const n = nextNumber(row.counters, eventSeries(event.kind), event.subject);
  const isPrompt = event.kind === "prompt";
  // What was said last may come after the end: nothing begins again for it.
  const isLate = row.closedAt !== null && event.kind === "say";
  store.log.append(
    isLate ? { ...event, skip: "late" } : event,
    // Without a name of its own an event may come again later: its place makes it unique.
    event.identityScope === "session" ? event.identity : `${event.identity}#${seq}`,
    {
      seq,
      key: eventKey(event.kind, event.subject, n ?? seq),
      n,
      promptNumber: isPrompt ? (n ?? 0) : promptNumberOf(store, row, event.promptId),
      receivedAt: now,
      keyId: from.key ?? null,
      sender: isOwner(row, from) ? null : from.actor,
      ref: store.log.holderOf(event),
    },
  );
  if (event.kind === "tool_use" && event.body.saved !== undefined) {
    linkSaved(store, row, event.body.saved, from.actor, now);
  }
  const change: Partial<SessionRow> = {};
  if (row.closedAt !== null && !isLate) change.closedAt = null;
  if (isPrompt && row.endedAt !== null) change.endedAt = null;
  if (isPrompt && row.privateOpen) change.privateOpen = false;
  store.session.update(change);
}

/** What the agent saved by our own tool is told to belong to this session. */
function linkSaved(
  store: SessionStore,
  row: SessionRow,
  id: string,
  sender: string,
  now: number,
): void {
  const place = parseItemId(id);
  if (place === null) return;
  const { project, generation } = row;
  const payload = JSON.stringify({ ...place, actor: sender } satisfies LinkedItem);
  store.outbox.add({ kind: "link", project, generation, batch: null, payload }, now);
}

/** The prompt that an event belongs to: by the agent's id where it has one, else the newest. */
function promptNumberOf(store: SessionStore, row: SessionRow, promptId: string | null): number {
  const known = promptId === null ? null : store.log.promptNumber(`prompt:${promptId}`);
  return known ?? row.counters.prompt;
}

/** `n` counts from 1 per kind; tool events have names of their own and none. */
function nextNumber(
  counters: Counters,
  series: EventSeries,
  subject: string | null,
): number | null {
  if (series === "tool") return null;
  if (series === "agent") return countOf(counters.agents, subject ?? "#") + 1;
  return counters[series] + 1;
}

/**
 * A prompt of which nothing was left after its private parts: it is not stored, and neither is
 * anything of its turn, be it already here or still to come.
 */
export function acceptPrivatePrompt(
  store: SessionStore,
  sender: Sender,
  promptId: string | null,
  now: number,
): void {
  if (store.row()?.excluded === true) return;
  const row = openRow(store, sender, now);
  if (row.forgotten) return;
  beginPrivate(store, row, promptId);
  // What is private is never stored; to take out what is there is for who sent it.
  if (promptId === null) return;
  withdrawTurn(store, promptId, sender.actor, now);
}

/** Not all hooks of a turn name its prompt: what names none is private too, until another prompt comes. */
function beginPrivate(store: SessionStore, row: SessionRow, promptId: string | null): void {
  const { privatePrompts } = row;
  // A retry may come when the next prompt's turn goes on already.
  if (promptId !== null && privatePrompts.includes(promptId)) return;
  store.session.update({
    privateSeen: true,
    privateOpen: true,
    privatePrompts: promptId === null ? privatePrompts : [...privatePrompts, promptId],
  });
}

/** What the Worker has to give to a session that starts. */
export interface StartAnswer {
  project: string;
  /** Only items newer than this number; 0 for all. */
  since: number;
  exclude: string[];
}

/** How a session begins that has nothing before it: only then one that was forgotten takes events again. */
const BEGINS_ANEW: ReadonlySet<SessionSource> = new Set(["startup", "clear"]);

/**
 * A session starts, or starts again. Reopens a closed one; a forgotten one only where its owner's
 * agent begins anew: after a compaction or a resume it would retell what was forgotten.
 */
export function acceptStart(
  store: SessionStore,
  sender: Sender,
  source: SessionSource,
  now: number,
): StartAnswer {
  if (sender.skip === true) return excludedStart(store, sender, now);
  if (store.row()?.excluded === true) includeAgain(store, sender);
  const row = openRow(store, sender, now);
  if (row.forgotten && !(BEGINS_ANEW.has(source) && isOwner(row, sender))) {
    return { project: row.project, since: row.givenUntil, exclude: row.given };
  }
  const anew = source !== "resume";
  const change: Partial<SessionRow> = {
    touchedAt: now,
    endedAt: null,
    closedAt: null,
    forgotten: false,
    contextDue: true,
    started: true,
    ...(anew ? { given: [], givenUntil: 0 } : {}),
    ...(source === "compact" || !isOwner(row, sender) ? {} : newerPlace(sender, row)),
  };
  store.session.update(change);
  const after = store.row() ?? row;
  return { project: after.project, since: after.givenUntil, exclude: after.given };
}

/** Stands in place of the project of a session that was never recorded. */
const NO_PROJECT = "excluded";

/** Of a session in an excluded place only this is kept: that it is one. What was stored before stays. */
function excludedStart(store: SessionStore, sender: Sender, now: number): StartAnswer {
  if (store.row() === null) {
    const nowhere = { project: NO_PROJECT, projectFrom: "person" as const, root: null };
    store.session.create(
      { ...sender.name, actor: sender.actor, ...nowhere, branch: null, commit: null },
      now,
    );
  }
  store.session.update({ excluded: true, started: true });
  return { project: NO_PROJECT, since: 0, exclude: [] };
}

/** The place is excluded no more: its session is known from now on. */
function includeAgain(store: SessionStore, sender: Sender): void {
  const isUnnamed = store.row()?.project === NO_PROJECT;
  const { name, from } = toldProject(sender);
  store.session.update({
    excluded: false,
    ...(isUnnamed
      ? { project: name, projectFrom: from, root: sender.root ?? sender.cwd, ...placeOf(sender) }
      : {}),
  });
}

/** The session ends: what waits is due at once, and it closes when all is done. */
export function acceptEnd(store: SessionStore, now: number): void {
  const row = store.row();
  if (row === null || row.closedAt !== null) return;
  store.session.update({ endedAt: now, flushTo: store.log.lastSeq(), touchedAt: now });
}

/** A turn ended without a closing message (an API error): what waits is due at once. */
export function acceptTurnFailure(store: SessionStore): void {
  const row = store.row();
  if (row === null) return;
  const last = store.log.lastSeq();
  if (last > row.flushTo) store.session.update({ flushTo: last });
}

/** The row of the session, made or brought up to date with what the sender knows. */
function openRow(store: SessionStore, sender: Sender, now: number): SessionRow {
  const row = store.row();
  if (row === null) {
    const told = toldProject(sender);
    store.session.create(
      {
        ...sender.name,
        actor: sender.actor,
        project: told.name,
        projectFrom: told.from,
        root: sender.root ?? sender.cwd,
        ...placeOf(sender),
      },
      now,
    );
  } else {
    const change = rowChange(row, sender);
    if (change === null) return row;
    if (change.root !== row.root) store.session.update({ root: change.root });
    if (change.project !== null) moveProject(store, row, change.project, now);
  }
  const fresh = store.row();
  if (fresh === null) throw new Error("session row vanished inside its transaction");
  return fresh;
}

/**
 * What the sender knows better than the row; null where there is nothing. Only the session's owner is
 * believed: who else posts into it could take what it told to another project.
 */
function rowChange(
  row: SessionRow,
  sender: Sender,
): { root: string | null; project: ToldProject | null } | null {
  if (!isOwner(row, sender)) return null;
  const told = toldProject(sender);
  // The repository's top folder, once it is told, counts more than where the agent began.
  const root = sender.root ?? row.root ?? sender.cwd;
  const project = surerProject(row, told);
  return root === row.root && project === null ? null : { root, project };
}

/** True for the person who began the session. */
function isOwner(row: SessionRow, sender: Sender): boolean {
  return sender.actor === row.actor;
}
