/** The session's own row: the one module that reads and writes the table `session`. */
import type { SessionState } from "../../memory/delivery.ts";
import type { Database } from "../../platform/database.ts";
import { Remembered } from "../../platform/remembered.ts";

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

/** A provider that refused us, and when it may be asked again. */
export interface ProviderPause {
  until: number;
  /** Refusals in a row. */
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
}

export interface SessionRow {
  team: string;
  agent: string;
  sessionId: string;
  actor: string;
  project: string;
  root: string | null;
  branch: string | null;
  commit: string | null;
  generation: number;
  nextBatch: number;
  batchedTo: number;
  flushTo: number;
  counters: Counters;
  privateSeen: boolean;
  /** A wholly private prompt without an id stands open: its turn goes on until the next prompt. */
  privateOpen: boolean;
  /** Ids of prompts that were wholly private: nothing of their turns is stored. */
  privatePrompts: string[];
  contextDue: boolean;
  /** Ids of observations that the agent was given since its context last began anew. */
  given: string[];
  /** The project's newest item number when context was last given. */
  givenUntil: number;
  providerPauses: Record<string, ProviderPause>;
  recoveries: number;
  announcedState: SessionState | null;
  announcedSeq: number;
  touchedAt: number;
  endedAt: number | null;
  closedAt: number | null;
  ending: "delete" | "forget" | null;
  forgotten: boolean;
  tombstone: Tombstone | null;
}

interface RawRow {
  team: string;
  agent: string;
  session_id: string;
  actor: string;
  project: string;
  root: string | null;
  branch: string | null;
  commit_hash: string | null;
  generation: number;
  next_batch: number;
  batched_to: number;
  flush_to: number;
  counters: string;
  private_seen: number;
  private_open: number;
  private_prompts: string;
  context_due: number;
  given: string;
  given_until: number;
  provider_pauses: string;
  recoveries: number;
  announced_state: SessionState | null;
  announced_seq: number;
  touched_at: number;
  ended_at: number | null;
  closed_at: number | null;
  ending: "delete" | "forget" | null;
  forgotten: number;
  tombstone: string | null;
}

/** Column of each field, for updates of a few. */
const COLUMNS: Record<keyof SessionRow, keyof RawRow> = {
  team: "team",
  agent: "agent",
  sessionId: "session_id",
  actor: "actor",
  project: "project",
  root: "root",
  branch: "branch",
  commit: "commit_hash",
  generation: "generation",
  nextBatch: "next_batch",
  batchedTo: "batched_to",
  flushTo: "flush_to",
  counters: "counters",
  privateSeen: "private_seen",
  privateOpen: "private_open",
  privatePrompts: "private_prompts",
  contextDue: "context_due",
  given: "given",
  givenUntil: "given_until",
  providerPauses: "provider_pauses",
  recoveries: "recoveries",
  announcedState: "announced_state",
  announcedSeq: "announced_seq",
  touchedAt: "touched_at",
  endedAt: "ended_at",
  closedAt: "closed_at",
  ending: "ending",
  forgotten: "forgotten",
  tombstone: "tombstone",
};

function toColumn(value: SessionRow[keyof SessionRow]): string | number | null {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value !== null && typeof value === "object") return JSON.stringify(value);
  return value;
}

/** Without the fields that an update leaves alone. */
function defined(change: Partial<SessionRow>): Partial<SessionRow> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

const NO_COUNTERS: Counters = { prompt: 0, say: 0, stop: 0, compact: 0, agents: {} };

/** Trusted: only `update` writes these columns. It is read with every event, so it has to be cheap. */
function parse<T>(text: string): T {
  return JSON.parse(text) as T;
}

export class SessionTable {
  readonly #db: Database;
  /** Every event needs the row several times. */
  readonly #row: Remembered<SessionRow | null>;

  constructor(db: Database) {
    this.#db = db;
    this.#row = new Remembered(db, () => this.#read());
  }

  /** The row, or null where the session was never heard of. Creates nothing. */
  read(): SessionRow | null {
    return this.#row.value();
  }

  #read(): SessionRow | null {
    if (!this.#db.exists()) return null;
    const raw = this.#db.one<RawRow>("SELECT * FROM session");
    if (raw === null) return null;
    return {
      team: raw.team,
      agent: raw.agent,
      sessionId: raw.session_id,
      actor: raw.actor,
      project: raw.project,
      root: raw.root,
      branch: raw.branch,
      commit: raw.commit_hash,
      generation: raw.generation,
      nextBatch: raw.next_batch,
      batchedTo: raw.batched_to,
      flushTo: raw.flush_to,
      counters: { ...NO_COUNTERS, ...parse<Partial<Counters>>(raw.counters) },
      privateSeen: raw.private_seen === 1,
      privateOpen: raw.private_open === 1,
      privatePrompts: parse(raw.private_prompts),
      contextDue: raw.context_due === 1,
      given: parse(raw.given),
      givenUntil: raw.given_until,
      providerPauses: parse(raw.provider_pauses),
      recoveries: raw.recoveries,
      announcedState: raw.announced_state,
      announcedSeq: raw.announced_seq,
      touchedAt: raw.touched_at,
      endedAt: raw.ended_at,
      closedAt: raw.closed_at,
      ending: raw.ending,
      forgotten: raw.forgotten === 1,
      tombstone: raw.tombstone === null ? null : parse(raw.tombstone),
    };
  }

  /** The first write of a session. */
  create(
    row: Pick<
      SessionRow,
      "team" | "agent" | "sessionId" | "actor" | "project" | "root" | "branch" | "commit"
    >,
    now: number,
  ): void {
    this.#db.migrate();
    this.#db.run(
      `INSERT INTO session (id, team, agent, session_id, actor, project, root, branch, commit_hash, touched_at)
       VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row.team,
      row.agent,
      row.sessionId,
      row.actor,
      row.project,
      row.root,
      row.branch,
      row.commit,
      now,
    );
    this.#row.forget();
  }

  /** Writes the named fields. */
  update(change: Partial<SessionRow>): void {
    const fields = (Object.keys(change) as (keyof SessionRow)[]).filter(
      (field) => change[field] !== undefined,
    );
    if (fields.length === 0) return;
    this.#db.run(
      `UPDATE session SET ${fields.map((field) => `${COLUMNS[field]} = ?`).join(", ")}`,
      ...fields.map((field) => toColumn(change[field] ?? null)),
    );
    this.#row.update((row) => (row === null ? null : { ...row, ...defined(change) }));
  }
}
