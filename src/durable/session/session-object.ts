/**
 * One session of one agent: takes its events, has them compressed, tells its project, and ends
 * itself. This class only stores, alarms and answers; the rules stand in the modules beside it.
 *
 * A method whose answer can reach a caller takes the reader first. What answers a hook is none: it
 * names items and a file for the Worker, which asks the project for what may be told of them.
 */

import { DurableObject } from "cloudflare:workers";
import type { Reader } from "../../access/caller.ts";
import { buildChain } from "../../agent/providers/index.ts";
import { readConfig } from "../../config.ts";
import type { NoFields } from "../../contract/calls.ts";
import type { DeadLetter, SessionView } from "../../contract/sessions.ts";
import type { SessionState } from "../../contract/vocabulary.ts";
import type { SessionSource } from "../../hooks/hook-action.ts";
import type { IncomingEvent } from "../../memory/event.ts";
import { projectObjectName } from "../../memory/project-name.ts";
import { createLog, type Log, type LogEvent, log } from "../../platform/log.ts";
import { namespaces } from "../namespaces.ts";
import { beginDelete, beginForget } from "./ending/ending.ts";
import { AnswerLimit, type Given, type Telling } from "./intake/answer-limit.ts";
import {
  acceptEnd,
  acceptEvent,
  acceptPrivatePrompt,
  acceptStart,
  acceptTurnFailure,
  type IntakeAnswer,
  isOneStatement,
  type Sender,
  type StartAnswer,
} from "./intake/intake.ts";
import { type StreamedAnswer, type StreamedHook, takeStreamed } from "./intake/streamed-hook.ts";
import { SESSION_MIGRATIONS } from "./migrations.ts";
import { ProjectNumbers } from "./outbox/project-numbers.ts";
import type { OpenBatch } from "./queue/lifecycle.ts";
import { recoveryMs } from "./queue/retry.ts";
import { HOOKS_FIRST_MS, nextAlarm } from "./queue/schedule.ts";
import type { SessionDependencies } from "./session-dependencies.ts";
import { sessionLog } from "./session-log.ts";
import type { SessionRow } from "./session-row.ts";
import { SessionStore } from "./session-store.ts";
import { type Inspection, inspect } from "./view/inspection.ts";
import { describeSession, type KeptSource, keptSources } from "./view/session-view.ts";
import { listDead, removeDead, reviveDead } from "./work/dead-letters.ts";
import { drain, reclaimExpiredLeases } from "./work/drain.ts";
import { beginRedo } from "./work/redo.ts";
import { type DeletedItem, withdrawSources } from "./work/withdrawal.ts";

/** How long `flush?wait=1` waits before it answers with what is done so far. */
const FLUSH_WAIT_MS = 60_000;
/** How long a delete waits for the call in flight. */
const DELETE_WAIT_MS = 30_000;
/** Ids that are remembered as given; older ones may be given again. */
const GIVEN_MAX = 500;

export class SessionObject extends DurableObject<Env> {
  readonly #store: SessionStore;
  readonly #deps: SessionDependencies;
  readonly #filesAsked = new Set<string>();
  readonly #answers = new AnswerLimit();
  /** The alarm that is set, ms; null where none is. Known without asking storage. */
  #alarmAt: number | null = null;
  /** Aborts the work of the alarm that runs; null while none does. */
  #running: AbortController | null = null;
  /** Those who wait for the end of a drain. */
  #waiting: (() => void)[] = [];

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const config = readConfig(env);
    const { PROJECTS, TEAMS } = namespaces(env);
    const numbers = new ProjectNumbers((team) => TEAMS.getByName(team));
    this.#store = new SessionStore(ctx.storage, SESSION_MIGRATIONS);
    const { providers, ignored } = buildChain(config);
    for (const one of ignored) log("error", "provider_ignored", { ...one });
    this.#deps = {
      chain: providers,
      owner: crypto.randomUUID(),
      retentionMs: config.retentionMs,
      now: () => Date.now(),
      random: () => Math.random(),
      team: (name) => TEAMS.getByName(name),
      projectNumber: (team, name, fresh = false) => numbers.open(team, name, fresh),
      knownProject: (team, name) => numbers.find(team, name),
      successor: (team, number) => numbers.successor(team, number),
      project: (team, number) => PROJECTS.getByName(projectObjectName(team, number)),
    };
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = await ctx.storage.getAlarm();
    });
  }

  /** An event of a hook. Answers once it is stored; never waits for anything else. */
  event({ sender, event }: { sender: Sender; event: IncomingEvent }): IntakeAnswer & Telling {
    // An alarm within the pause that hooks are given is early enough: it looks, and plans.
    const accept = (now: number) => acceptEvent(this.#store, sender, event, now);
    const answer = isOneStatement(this.#store, sender, event)
      ? this.#planned(accept, HOOKS_FIRST_MS)
      : this.#write(accept, HOOKS_FIRST_MS);
    if (!this.#mayTell(sender)) return { ...answer, fileRead: null, mayTell: false };
    // Agents read a file many times; its memory is looked for once in each life of the object.
    if (answer.fileRead === null || this.#filesAsked.has(answer.fileRead)) {
      return { ...answer, fileRead: null };
    }
    this.#filesAsked.add(answer.fileRead);
    return answer;
  }

  /** A hook with a large body: read here, so that nothing of it but what is kept is ever held. */
  hook(hook: StreamedHook): Promise<StreamedAnswer> {
    return takeStreamed(hook, (event) => this.event({ sender: hook.sender, event }));
  }

  /** A prompt of which nothing is left: its turn is not recorded. */
  privatePrompt({ sender, promptId }: { sender: Sender; promptId: string | null }): void {
    this.#write((now) => acceptPrivatePrompt(this.#store, sender, promptId, now));
  }

  /** SessionStart: reopens, renames, and says what context is due. */
  start({ sender, source }: { sender: Sender; source: SessionSource }): StartAnswer & Telling {
    const start = this.#write((now) => acceptStart(this.#store, sender, source, now));
    return this.#mayTell(sender) ? start : { ...start, mayTell: false };
  }

  #mayTell({ limited = false }: Sender): boolean {
    return !limited || this.#answers.isOpen(Date.now());
  }

  /** SessionEnd: process what waits, then close. Creates nothing. */
  end(_request: NoFields): void {
    if (this.#store.row() === null) return;
    this.#write((now) => acceptEnd(this.#store, now));
  }

  /** StopFailure: the turn ended, without a closing message. Creates nothing. */
  turnFailed(_request: NoFields): void {
    if (this.#store.row() === null) return;
    this.#write(() => acceptTurnFailure(this.#store));
  }

  /**
   * The agent is given these items; `until` is the project's newest number then, if in full. False
   * where its key may be told no more in this hour (`limited`): then it must not be given them.
   */
  contextGiven({ ids, until, limited = false }: Given): boolean {
    const row = this.#store.row();
    if (row === null) return true;
    if (limited && !this.#answers.take(Date.now())) return false;
    this.#store.session.update({
      given: [...new Set([...row.given, ...ids])].slice(-GIVEN_MAX),
      ...(until === null ? {} : { contextDue: false, givenUntil: until }),
    });
    return true;
  }

  /** The session as the API shows it; null where the reader knows of none. */
  view(reader: Reader, _query: NoFields): SessionView | null {
    return describeSession(this.#store, reader, Date.now());
  }

  /** The raw events with these keys, while they are kept. */
  sources(reader: Reader, { keys }: { keys: string[] }): { kept: KeptSource[] } {
    return { kept: keptSources(this.#store, reader, keys) };
  }

  /** Everything that waits is due now. With `wait`, answers when it is done or a minute is over. */
  async flush(reader: Reader, { wait }: { wait: boolean }): Promise<SessionView | null> {
    if (this.#store.rowFor(reader) === null) return null;
    this.#write((now) => {
      this.#store.session.update({ flushTo: this.#store.log.lastSeq() });
      this.#store.batches.makeDueNow(now);
      this.#store.outbox.makeDueNow(now);
    });
    if (wait) await this.#until(() => this.#isSettled(), FLUSH_WAIT_MS);
    return this.view(reader, {});
  }

  /** Compresses again what is kept. Returns the batches that run again; null for an unknown session. */
  redo(_request: NoFields): number | null {
    if (this.#store.row() === null) return null;
    return this.#write((now) => beginRedo(this.#store, now));
  }

  /**
   * An item that the session taught was deleted: its events are emptied and teach nothing again.
   * Returns how many. Creates nothing.
   */
  withdraw({ item }: { item: DeletedItem }): number {
    if (this.#store.row() === null) return 0;
    return this.#write((now) => withdrawSources(this.#store, item, now));
  }

  /** Ends the session now; with `forget`, its project keeps nothing of it either. */
  async remove({ forget }: { forget: boolean }): Promise<"removed" | "pending" | "unknown"> {
    if (this.#store.row() === null) return "unknown";
    this.#write((now) => (forget ? beginForget : beginDelete)(this.#store, now));
    this.#running?.abort();
    const done = await this.#until(() => this.#store.row()?.ending === null, DELETE_WAIT_MS);
    return done ? "removed" : "pending";
  }

  /**
   * The project of this number is deleted. Where it is the session's, the session is forgotten;
   * what its project was told is gone already. Creates nothing.
   */
  async projectDeleted({ number }: { number: number }): Promise<void> {
    const row = this.#store.row();
    if (row === null || row.forgotten || row.ending !== null) return;
    const current = await this.#deps.knownProject(row.team, row.project);
    if (current !== number || this.#store.row()?.project !== row.project) return;
    this.#write((now) => beginForget(this.#store, now));
    this.#running?.abort();
  }

  dead(reader: Reader, _query: NoFields): DeadLetter[] | null {
    return this.#store.rowFor(reader) === null ? null : listDead(this.#store);
  }

  /** Tries dead letters again: those of these keys, or all. Returns how many events; null: unknown. */
  retryDead({ keys }: { keys: string[] | null }): number | null {
    if (this.#store.row() === null) return null;
    return this.#write((now) => reviveDead(this.#store, keys, now));
  }

  /** Drops dead letters: those of these keys, or all. Returns how many events; null: unknown. */
  dropDead({ keys }: { keys: string[] | null }): number | null {
    if (this.#store.row() === null) return null;
    return this.#write(() => removeDead(this.#store, keys));
  }

  /**
   * For the doctor: what is wrong here, repaired where it can be. `believed` is the state that the
   * project knows; where it takes a closed session for an open one, it is told again.
   */
  inspect(reader: Reader, { believed }: { believed: SessionState | null }): Inspection | null {
    const row = this.#store.rowFor(reader);
    if (row === null) return null;
    const now = Date.now();
    const tellAgain = row.closedAt !== null && believed !== "closed";
    if (tellAgain) this.#store.session.update({ announcedState: null });
    const abandoned =
      this.#running === null ? reclaimExpiredLeases(this.#store, row, this.#deps.owner, now) : 0;
    const wanted = nextAlarm(this.#store.schedule(row, this.#deps), now);
    const stranded = wanted !== null && this.#alarmAt === null && this.#running === null;
    if (abandoned > 0 || stranded || tellAgain) {
      this.#log()("warn", "session_repaired", { abandoned, stranded, tellAgain });
    }
    const report = inspect(this.#store, row, { abandoned, stranded, now });
    // What could not be delivered may go out by now.
    if (report.outboxAttempts > 0) this.#store.outbox.makeDueNow(now);
    this.#plan(now);
    return report;
  }

  /**
   * Does what is due. Never throws: the platform runs an alarm again that failed or whose object
   * died, but drops it after six times, and work must not be stranded. So from the second run on,
   * and where an earlier life left a lease behind, an alarm of our own is set before the work. For
   * each run it would cost a row.
   */
  override async alarm(run?: AlarmInvocationInfo): Promise<void> {
    this.#alarmAt = null;
    const running = new AbortController();
    this.#running = running;
    let failed = await this.#attempt("drain_failed", async () => {
      const row = this.#store.row();
      if (row === null) return;
      const careful =
        run?.isRetry === true || row.recoveries > 0 || this.#store.batches.open().some(hasFailed);
      if (careful) this.#arm(Date.now() + recoveryMs(recoveriesInARow(this.#store, row)));
      await drain(this.#store, this.#deps, running.signal, careful);
      if (row.recoveries > 0) this.#store.session.update({ recoveries: 0 });
    });
    this.#running = null;
    if (!failed) {
      failed = await this.#attempt("plan_failed", async () => this.#planExactly(Date.now()));
    }
    if (failed) await this.#attempt("plan_failed", async () => this.#recoverLater());
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Runs `work`; logs what it throws and says whether it threw. */
  async #attempt(event: LogEvent, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return false;
    } catch (error) {
      this.#log()("error", event, {}, error);
      return true;
    }
  }

  /** Names the session by its row, or by the object's name where the row cannot be read. */
  #log(): Log {
    try {
      const row = this.#store.row();
      if (row !== null) return sessionLog(row);
    } catch {
      // What is about to be logged says why.
    }
    return createLog({ session: this.ctx.id.name ?? "unknown" });
  }

  /** Tries again after a fault, ever more rarely. */
  #recoverLater(): void {
    const isArmed = this.#alarmAt !== null;
    // Should what follows fail as well, this alarm stands.
    if (!isArmed) this.#arm(Date.now() + recoveryMs(UNREADABLE_RECOVERIES));
    const row = this.#store.row();
    if (row === null) return;
    if (!isArmed) this.#arm(Date.now() + recoveryMs(recoveriesInARow(this.#store, row)));
    this.#store.session.update({ recoveries: row.recoveries + 1 });
  }

  /** One change and the alarm that it asks for, in one turn: both or neither are durable. */
  #write<T>(change: (now: number) => T extends Promise<unknown> ? never : T, patienceMs = 0): T {
    this.#store.db.migrate();
    return this.#planned((now) => this.#store.db.transaction<T>(() => change(now)), patienceMs);
  }

  /** The same for a change of one statement in tables that are there. */
  #planned<T>(change: (now: number) => T, patienceMs: number): T {
    const now = Date.now();
    const result = change(now);
    this.#plan(now, patienceMs);
    return result;
  }

  /** Sets the alarm that the rows ask for, where it differs from the one that is set. */
  #plan(now: number, patienceMs = 0): void {
    // A running drain plans at its end; should it die, the platform runs its alarm again.
    if (this.#running !== null) return;
    // Nothing can be due earlier than an alarm that is.
    if (this.#alarmAt !== null && this.#alarmAt <= now + patienceMs) return;
    const row = this.#store.row();
    if (row === null) return;
    const at = nextAlarm(this.#store.schedule(row, this.#deps), now);
    if (at === null) return;
    // An alarm that is early only looks and plans again: cheaper than moving it with each event.
    const due = Math.max(at, now);
    if (this.#alarmAt === null || due < this.#alarmAt) this.#arm(due);
  }

  /** The same at a drain's end, when nothing but the recovery alarm may stand. */
  async #planExactly(now: number): Promise<void> {
    const row = this.#store.row();
    if (row === null) return;
    const at = nextAlarm(this.#store.schedule(row, this.#deps), now);
    if (at !== null) {
      this.#arm(Math.max(at, now));
    } else if (this.#alarmAt !== null) {
      this.#alarmAt = null;
      await this.ctx.storage.deleteAlarm();
    }
  }

  #arm(at: number): void {
    this.#alarmAt = at;
    void this.ctx.storage.setAlarm(at);
  }

  #isSettled(): boolean {
    const row = this.#store.row();
    if (row === null) return true;
    return this.#running === null && this.#store.isSettled(row);
  }

  /** Waits for ends of drains until something is so, at most `ms`. */
  async #until(isSo: () => boolean, ms: number): Promise<boolean> {
    const deadline = Date.now() + ms;
    while (!isSo()) {
      const left = deadline - Date.now();
      if (left <= 0) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return true;
  }
}

/** A row that cannot be read is looked at again as rarely as anything. */
const UNREADABLE_RECOVERIES = 10;

/** An earlier life took it and never answered, in this call or one before. */
function hasFailed(batch: OpenBatch): boolean {
  return batch.state === "leased" || batch.abandoned > 0;
}

/** Faults that were caught, and leases that ended with the life that held them. */
function recoveriesInARow(store: SessionStore, row: SessionRow): number {
  const abandoned = store.batches.open().map((batch) => batch.abandoned);
  return row.recoveries + Math.max(0, ...abandoned);
}
