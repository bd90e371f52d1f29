/** The session's own row: the one module that reads and writes the table `session`. */
import type { Reader } from "../../access/caller.ts";
import type { Removed } from "../../contract/sessions.ts";
import type { SessionState } from "../../contract/vocabulary.ts";
import type { KnownPoint } from "../../memory/observation.ts";
import type { ProjectSource } from "../../memory/project-name.ts";
import type { WorkPlace } from "../../memory/work-place.ts";
import type { Database } from "../../platform/database.ts";
import { Remembered } from "../../platform/remembered.ts";
import { type Columns, flag, json, plain, Table } from "../../platform/table.ts";
import { visible } from "./view/visible.ts";

/** The last `n` of each kind of event that is numbered; agents' by their id. */
export interface Counters {
  prompt: number;
  say: number;
  stop: number;
  compact: number;
  agents: Record<string, number>;
}

/** The count under a name that an agent chose: `constructor` is a name like any other. */
export function countOf(counts: Record<string, number>, name: string): number {
  return Object.hasOwn(counts, name) ? (counts[name] ?? 0) : 0;
}

/** A provider that could not answer, and when it may be asked again. */
export interface ProviderPause {
  /** ms since the epoch; 0 where it need not be left alone. */
  until: number;
  /** Refusals of key, credit or quota in a row. */
  refusals: number;
  reason: string;
}

/** What stays of events that the retention removed: counts, no content. */
export interface Tombstone {
  done: number;
  skipped: number;
  dead: number;
  tokensInput: number;
  tokensOutput: number;
  lastEventAt: number | null;
  /** What the session's forgetting removed; absent where it was not forgotten. */
  removed?: Removed;
  /** Numbers of the projects into which the agent saved by hand. */
  savedInto?: number[];
}

export interface SessionRow extends WorkPlace {
  team: string;
  agent: string;
  sessionId: string;
  actor: string;
  project: string;
  /** What named the project; null: the first release did not ask. */
  projectFrom: ProjectSource | null;
  root: string | null;
  generation: number;
  nextBatch: number;
  lastBatchedSeq: number;
  flushTo: number;
  counters: Counters;
  privateSeen: boolean;
  /** A wholly private prompt is the newest: what names no prompt is of its turn, until the next one. */
  privateOpen: boolean;
  /** Ids of prompts that were wholly private: nothing of their turns is stored. */
  privatePrompts: string[];
  contextDue: boolean;
  /** The hook of its start came. True where nobody knows. */
  started: boolean;
  /** Its place is excluded: nothing that its hooks say is stored. */
  excluded: boolean;
  /** Ids of observations that the agent was given since its context last began anew. */
  given: string[];
  /** The project's newest item number when context was last given. */
  givenUntil: number;
  providerPauses: Record<string, ProviderPause>;
  recoveries: number;
  announcedState: SessionState | null;
  announcedSeq: number;
  /** The project's open points as it last told them; null where it never did. */
  pointsTold: KnownPoint[] | null;
  touchedAt: number;
  endedAt: number | null;
  closedAt: number | null;
  ending: "delete" | "forget" | null;
  forgotten: boolean;
  tombstone: Tombstone | null;
}

const COLUMNS: Columns<SessionRow> = {
  team: plain("team"),
  agent: plain("agent"),
  sessionId: plain("session_id"),
  actor: plain("actor"),
  project: plain("project"),
  projectFrom: plain("project_from"),
  root: plain("root"),
  branch: plain("branch"),
  commit: plain("commit_hash"),
  generation: plain("generation"),
  nextBatch: plain("next_batch"),
  lastBatchedSeq: plain("batched_to"),
  flushTo: plain("flush_to"),
  counters: json("counters"),
  privateSeen: flag("private_seen"),
  privateOpen: flag("private_open"),
  privatePrompts: json("private_prompts"),
  contextDue: flag("context_due"),
  started: flag("started"),
  excluded: flag("excluded"),
  given: json("given"),
  givenUntil: plain("given_until"),
  providerPauses: json("provider_pauses"),
  recoveries: plain("recoveries"),
  announcedState: plain("announced_state"),
  announcedSeq: plain("announced_seq"),
  pointsTold: json("points_told"),
  touchedAt: plain("touched_at"),
  endedAt: plain("ended_at"),
  closedAt: plain("closed_at"),
  ending: plain("ending"),
  forgotten: flag("forgotten"),
  tombstone: json("tombstone"),
};

/** Without the fields that an update leaves alone. */
function defined(change: Partial<SessionRow>): Partial<SessionRow> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

const NO_COUNTERS: Counters = { prompt: 0, say: 0, stop: 0, compact: 0, agents: {} };

export class SessionTable {
  readonly #db: Database;
  readonly #table: Table<SessionRow>;
  /** Every event needs the row several times. */
  readonly #row: Remembered<SessionRow | null>;

  constructor(db: Database) {
    this.#db = db;
    this.#table = new Table(db, "session", COLUMNS);
    this.#row = new Remembered(db, () => this.#read());
  }

  /** The row, or null where the session was never heard of. Creates nothing. */
  read(): SessionRow | null {
    return this.#row.value();
  }

  /** Whether the reader may know of the session. False where there is none. */
  isVisible(reader: Reader): boolean {
    if (!this.#db.exists()) return false;
    return this.#db.one(`SELECT 1 FROM session WHERE ${visible(reader)}`) !== null;
  }

  #read(): SessionRow | null {
    if (!this.#db.exists()) return null;
    const row = this.#table.all("")[0];
    if (row === undefined) return null;
    return { ...row, counters: { ...NO_COUNTERS, ...row.counters } };
  }

  /** The first write of a session. */
  create(
    row: Pick<
      SessionRow,
      | "team"
      | "agent"
      | "sessionId"
      | "actor"
      | "project"
      | "projectFrom"
      | "root"
      | keyof WorkPlace
    >,
    now: number,
  ): void {
    this.#db.migrate();
    this.#table.insert({ ...row, started: false, touchedAt: now });
    this.#row.forget();
  }

  /** Writes a whole row into a database that has none. */
  insert(row: SessionRow): void {
    this.#table.insert(row);
    this.#row.forget();
  }

  /** Writes the named fields. */
  update(change: Partial<SessionRow>): void {
    this.#table.update(change, "");
    this.#row.update((row) => (row === null ? null : { ...row, ...defined(change) }));
  }
}
