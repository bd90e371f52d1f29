/** A team: its keys, its projects, its budgets and what it used. One object per team. */

import { DurableObject } from "cloudflare:workers";
import schema from "../../../migrations/team/schema.sql";
import type { Reader } from "../../access/caller.ts";
import type { NoFields } from "../../contract/calls.ts";
import type { BudgetChange } from "../../contract/params.ts";
import type { Budgets, NamedUsage } from "../../contract/team.ts";
import type { ProjectRef } from "../../memory/delivery.ts";
import { keyIdOf } from "../../memory/key.ts";
import { Database } from "../../platform/database.ts";
import { type AuditRow, auditRows, type Deed, type Doer, record } from "./audit.ts";
import { NO_BUDGETS } from "./budget.ts";
import {
  NO_USAGE,
  passUsageOn,
  type Reservation,
  type ReserveOutcome,
  readBudgets,
  readUsage,
  reserveTokens,
  type Settlement,
  type SettleOutcome,
  settleTokens,
  type UsageQuery,
  writeBudgets,
} from "./budget-store.ts";
import { settledJurisdiction } from "./deployment.ts";
import { folderSecret } from "./folder-secret.ts";
import {
  type IssuedKey,
  issueKey,
  type ListedKey,
  listKeys,
  replaceDeploymentKeys,
  revokeKey,
  type StoredKey,
  type Verification,
  verifyKey,
} from "./keys.ts";
import { TEAM_MIGRATIONS } from "./migrations.ts";
import {
  beginDeparture,
  type DepartureOutcome,
  finishDeparture,
  listProjects,
  locateProject,
  openProject,
  type RenameOutcome,
  renameProject,
  successorOf,
} from "./projects.ts";

/** What comes along with answers that the Worker keeps: see `folderSecret`. */
export interface WithSecret {
  /** Absent from answers of an older release. */
  folderSecret?: Uint8Array<ArrayBuffer>;
}

export class TeamObject extends DurableObject<Env> {
  readonly #db: Database;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#db = new Database(ctx.storage, TEAM_MIGRATIONS);
  }

  /**
   * Makes these the team's deployment keys: those that are not listed any more are removed.
   * Creates the team. Writes nothing where nothing changed.
   */
  ensureKeys({ keys }: { keys: StoredKey[] }): WithSecret {
    this.#db.migrate();
    replaceDeploymentKeys(this.#db, keys, Date.now());
    return { folderSecret: folderSecret(this.#db) };
  }

  /** Whether the team knows the key. Creates nothing. */
  verify({ keyId, secretHash }: { keyId: string; secretHash: string }): Verification & WithSecret {
    if (!this.#db.exists()) return { ok: false };
    const answer = verifyKey(this.#db, keyId, secretHash);
    return answer.ok ? { ...answer, folderSecret: this.folderSecret({}) } : answer;
  }

  /** Keeps a key that the Worker made. Returns when, ms; null where the team has too many. */
  issueKey({ key, by }: { key: IssuedKey; by: Doer }): number | null {
    this.#db.migrate();
    const now = Date.now();
    return this.#db.transaction(() => {
      if (!issueKey(this.#db, key, now)) return null;
      const target = `${keyIdOf(key.secretHash)} ${key.scope}`;
      record(this.#db, by, { action: "make_key", target }, now);
      return now;
    });
  }

  /** The team's keys, the newest first. Creates nothing. */
  keys(_reader: Reader, _query: NoFields): ListedKey[] {
    return this.#db.exists() ? listKeys(this.#db) : [];
  }

  /** The key of this id is refused from now on, by each Worker within 30 seconds. */
  revokeKey({ id, by }: { id: string; by: Doer }): "revoked" | "listed" | "unknown" {
    if (!this.#db.exists()) return "unknown";
    return this.#db.transaction(() => {
      const outcome = revokeKey(this.#db, id);
      if (outcome === "revoked") {
        record(this.#db, by, { action: "revoke_key", target: id }, Date.now());
      }
      return outcome;
    });
  }

  /** Somebody is about to do something that another object does. */
  record({ by, deed }: { by: Doer; deed: Deed }): void {
    this.#db.migrate();
    record(this.#db, by, deed, Date.now());
  }

  /** Rows of the audit, the newest first; `before` is the number that they are below. Creates nothing. */
  audit(_reader: Reader, { before, limit }: { before: number | null; limit: number }): AuditRow[] {
    return this.#db.exists() ? auditRows(this.#db, before, limit) : [];
  }

  /** What names of folders are made with: 32 bytes, made once, never changed. */
  folderSecret(_request: NoFields): Uint8Array<ArrayBuffer> {
    this.#db.migrate();
    return folderSecret(this.#db);
  }

  /** Of the object that stands for the deployment: where all objects are, as the first caller said. */
  settledJurisdiction({ jurisdiction }: { jurisdiction: string }): string {
    this.#db.migrate();
    return settledJurisdiction(this.#db, jurisdiction);
  }

  /** The number of the project that a name leads to, which gets the next one where there is none. */
  project({ name }: { name: string }): number {
    return this.openProject({ name }).number;
  }

  /** The same, with the name that the project shows. */
  openProject({ name }: { name: string }): ProjectRef {
    this.#db.migrate();
    return openProject(this.#db, name, Date.now());
  }

  /** The number of the project that a name leads to, or null where it leads to none. Creates nothing. */
  findProject({ name }: { name: string }): number | null {
    return this.locateProject({ name })?.number ?? null;
  }

  /** The same, with the name that the project shows. */
  locateProject({ name }: { name: string }): ProjectRef | null {
    return this.#db.exists() ? locateProject(this.#db, name) : null;
  }

  /** Where the items of a merged project are now; null for one that was not merged. */
  successor({ number }: { number: number }): { project: ProjectRef; shift: number } | null {
    return this.#db.exists() ? successorOf(this.#db, number) : null;
  }

  renameProject({ number, name }: { number: number; name: string }): RenameOutcome {
    return this.#db.exists() ? renameProject(this.#db, number, name) : "unknown";
  }

  /** For a project that is about to be merged into another one, or deleted (`into` null). */
  beginDeparture({ number, into }: { number: number; into: number | null }): DepartureOutcome {
    return this.#db.exists() ? beginDeparture(this.#db, number, into) : "unknown";
  }

  /** Everything of that project is where it should be: names and usage follow. */
  finishDeparture({ number, shift }: { number: number; shift: number | null }): void {
    if (!this.#db.exists()) return;
    this.#db.transaction(() => {
      finishDeparture(this.#db, number, shift, Date.now());
      const next = shift === null ? null : successorOf(this.#db, number);
      if (next !== null) passUsageOn(this.#db, number, next.project.number);
    });
  }

  /** All projects, in the order of their numbers. Creates nothing. */
  projects(_reader: Reader, _query: NoFields): ProjectRef[] {
    return this.#db.exists() ? listProjects(this.#db) : [];
  }

  /** The limits per UTC day. Creates nothing. */
  budgets(_reader: Reader, _query: NoFields): Budgets {
    return this.#db.exists() ? readBudgets(this.#db) : NO_BUDGETS;
  }

  /**
   * Changes the limits: what is left out stays, null takes a limit away. Returns what now holds. `by`
   * is absent from callers of an older release.
   */
  setBudgets({ by, ...change }: BudgetChange & { by?: Doer }): Budgets {
    this.#db.migrate();
    return this.#db.transaction(() => {
      if (by !== undefined) {
        const target = JSON.stringify(change);
        record(this.#db, by, { action: "change_budgets", target }, Date.now());
      }
      return writeBudgets(this.#db, change);
    });
  }

  /**
   * Asks for room for one call to a provider, before it is made. The project is named by its
   * number, or by its name, which gets a number where it has none.
   */
  reserve(call: Omit<Reservation, "project"> & { project: number | string }): ReserveOutcome {
    this.#db.migrate();
    const project =
      typeof call.project === "string" ? this.project({ name: call.project }) : call.project;
    return reserveTokens(this.#db, { ...call, project }, Date.now());
  }

  /** Tells what a reserved call used, by the provider's own figures. May be repeated. */
  settle(call: Settlement): SettleOutcome {
    return this.#db.exists() ? settleTokens(this.#db, call) : "unknown";
  }

  /** For the doctor: tables that are not as the migrations make them. */
  schemaDifferences(_reader: Reader, _query: NoFields): string[] {
    return this.#db.schemaDifferences(schema);
  }

  /** What was used, in the groups asked for. Creates nothing. */
  usage(_reader: Reader, query: UsageQuery): NamedUsage {
    if (!this.#db.exists()) return { ...NO_USAGE, items: [] };
    const usage = readUsage(this.#db, query, Date.now());
    const names = new Map(listProjects(this.#db).map(({ name, number }) => [number, name]));
    const items = usage.items.map(({ project, ...row }) =>
      project === undefined ? row : { ...row, project: names.get(project) ?? null },
    );
    return { ...usage, items };
  }
}
